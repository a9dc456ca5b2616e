// SPDX-License-Identifier: GPL-2.0-or-later
/* component_rows_host: by what the rules of firewalls, containers and tunnels of a host are known. */
#include "grounds/component_rows.h"

#include <stddef.h>

#include "rules/base/units.h"

static const struct component cni = { "cni", "CNI" };
static const struct component crowdsec = { "crowdsec", "CrowdSec" };
static const struct component docker = { "docker", "Docker" };
static const struct component fail2ban = { "fail2ban", "fail2ban" };
static const struct component firewalld = { "firewalld", "firewalld" };
static const struct component fw4 = { "fw4", "OpenWrt" };
static const struct component incus = { "incus", "Incus" };
static const struct component keepalived = { "keepalived", "keepalived" };
static const struct component libvirt = { "libvirt", "libvirt" };
static const struct component lxd = { "lxd", "LXD" };
static const struct component netavark = { "netavark", "Podman" };
static const struct component nftlb = { "nftlb", "nftlb" };
static const struct component proxmox = { "proxmox", "Proxmox" };
static const struct component shorewall = { "shorewall", "Shorewall" };
static const struct component sshguard = { "sshguard", "SSHGuard" };
static const struct component tailscale = { "tailscale", "Tailscale" };
static const struct component ufw = { "ufw", "ufw" };
static const struct component wg_quick = { "wg-quick", "wg-quick" };

/* In ip6tables its chains are called otherwise. */
#define UFW(name, ...)							\
	{ .of = &ufw, .chain = "ufw-" name, __VA_ARGS__ },		\
	{ .of = &ufw, .chain = "ufw6-" name, __VA_ARGS__ }

#define UFW_WAYS(name, what)						\
	UFW(name "-input", .object = what ", incoming"),		\
	UFW(name "-output", .object = what ", outgoing"),		\
	UFW(name "-forward", .object = what ", routed")

#define UFW_DEFAULT(name, way, said)					\
	UFW(name way, .text = "~ -j *", .object = "default $V1 " said)

#define UFW_POLICY(hook, said)						\
	{ .of = &ufw, .table = "filter", .chain = hook,			\
	  .text = "-P " hook " *", .proof = PROOF_UFW,			\
	  .object = "default $V1 " said }

/* Of the nft backend: hooks in front, zones or policies behind. */
#define FIREWALLD(name, ...)						\
	{ .of = &firewalld, .nft = "firewalld", .chain = name, __VA_ARGS__ }

#define FIREWALLD_XT(name)						\
	{ .of = &firewalld, .chain = name "_*", .proof = PROOF_ZONES,	\
	  .object = "zone $S1" },					\
	{ .of = &firewalld, .chain = name "_*", .proof = PROOF_POLICIES, \
	  .object = "zone or policy $S1" }

#define DOCKER(name, ...) { .of = &docker, .chain = name, __VA_ARGS__ }

/* Its network is that of the interface which the rule asks for. */
#define DOCKER_BY(name, what)						\
	DOCKER(name, .text = "~ -o * ~", .object = "$B1" what),		\
	DOCKER(name, .text = "~ -i * ~", .object = "$B1" what)

/* Shapes that Docker writes into chains which are not its own. */
#define DOCKER_SHAPE(where, hook, words, what)				\
	{ .of = &docker, .table = where, .chain = hook,			\
	  .text = "-A " hook " " words, .proof = PROOF_BRIDGE,		\
	  .object = "$B1" what }

#define DOCKER_NFT(name, ...)						\
	{ .of = &docker, .nft = "docker-bridges", .chain = name, __VA_ARGS__ }

#define LIBVIRT(name, nftables, to, what)				\
	{ .of = &libvirt, .chain = name, .text = "~ -" to " * ~",	\
	  .object = "bridge $1, " what },				\
	{ .of = &libvirt, .nft = "libvirt_network", .chain = nftables,	\
	  .text = "~" to "ifname \"*\"~", .object = "bridge $1, " what }

#define FW4(name) { .of = &fw4, .nft = "fw4", .chain = name, .object = "zone $1" }

/* A chain of two zones; an unconditional rule there is the policy of the pair. */
#define SHOREWALL_PAIR(name)						\
	{ .of = &shorewall, .table = "filter", .chain = name,		\
	  .text = "-A + -j +", .proof = PROOF_PAIR,			\
	  .object = "$1 -> $2, policy" },				\
	{ .of = &shorewall, .table = "filter", .chain = name,		\
	  .text = "-A + -g +", .proof = PROOF_PAIR,			\
	  .object = "$1 -> $2, policy" },				\
	{ .of = &shorewall, .table = "filter", .chain = name,		\
	  .proof = PROOF_PAIR, .object = "$1 -> $2" }

#define SHOREWALL(name)							\
	{ .of = &shorewall, .chain = name, .proof = PROOF_SHOREWALL }

/* A jump from a chain that is anybody's. */
#define HOST_CALLS(who, name) { .of = &(who), .calls = name }

static const struct component_row host_rows[] = {
	UFW("user-limit", .object = "limit"),
	UFW("user-limit-accept", .object = "limit"),
	UFW_WAYS("user", "user rule"),
	UFW_WAYS("before", "before.rules"),
	UFW_WAYS("after", "after.rules"),
	UFW_DEFAULT("skip-to-policy-", "input", "incoming"),
	UFW_DEFAULT("skip-to-policy-", "output", "outgoing"),
	UFW_DEFAULT("skip-to-policy-", "forward", "routed"),
	UFW_DEFAULT("track-", "input", "incoming"),
	UFW_DEFAULT("track-", "output", "outgoing"),
	UFW_DEFAULT("track-", "forward", "routed"),
	UFW_DEFAULT("reject-", "input", "incoming"),
	UFW_DEFAULT("reject-", "output", "outgoing"),
	UFW_DEFAULT("reject-", "forward", "routed"),
	UFW("not-local", .object = "before.rules, incoming"),
	UFW("~logging-~", .object = "logging"),
	UFW("~"),
	UFW_POLICY("INPUT", "incoming"),
	UFW_POLICY("OUTPUT", "outgoing"),
	UFW_POLICY("FORWARD", "routed"),
	HOST_CALLS(ufw, "ufw-~"),
	HOST_CALLS(ufw, "ufw6-~"),

	{ .of = &firewalld, .nft = "firewalld_policy_drop",
	  .object = "reloads and drops all meanwhile" },
	FIREWALLD("~_policy_*", .object = "policy $S1"),
	FIREWALLD("~_IN_*", .object = "zone $S1"),
	FIREWALLD("~_FWD_*", .object = "zone $S1"),
	FIREWALLD("~_FWDI_*", .object = "zone $S1"),
	FIREWALLD("~_FWDO_*", .object = "zone $S1"),
	FIREWALLD("~_PRE_*", .object = "zone $S1"),
	FIREWALLD("~_POST_*", .object = "zone $S1"),
	FIREWALLD("~_OUT_*", .object = "zone $S1"),
	FIREWALLD("~_POLICIES", .object = "$L, default"),
	FIREWALLD("~"),
	FIREWALLD_XT("IN"),
	FIREWALLD_XT("FWD"),
	FIREWALLD_XT("FWDI"),
	FIREWALLD_XT("FWDO"),
	FIREWALLD_XT("PRE"),
	FIREWALLD_XT("POST"),
	FIREWALLD_XT("OUT"),
	{ .of = &firewalld, .chain = "INPUT_direct", .object = "direct rules" },
	{ .of = &firewalld, .chain = "OUTPUT_direct", .object = "direct rules" },
	{ .of = &firewalld, .chain = "FORWARD_direct", .object = "direct rules" },
	{ .of = &firewalld, .chain = "PREROUTING_direct", .object = "direct rules" },
	{ .of = &firewalld, .chain = "POSTROUTING_direct", .object = "direct rules" },
	{ .of = &firewalld, .chain = "INPUT_ZONES~" },
	{ .of = &firewalld, .chain = "OUTPUT_ZONES~" },
	{ .of = &firewalld, .chain = "FORWARD_ZONES~" },
	{ .of = &firewalld, .chain = "FORWARD_IN_ZONES~" },
	{ .of = &firewalld, .chain = "FORWARD_OUT_ZONES~" },
	{ .of = &firewalld, .chain = "PREROUTING_ZONES~" },
	{ .of = &firewalld, .chain = "POSTROUTING_ZONES~" },
	{ .of = &firewalld, .chain = "INPUT_POLICIES~" },
	{ .of = &firewalld, .chain = "OUTPUT_POLICIES~" },
	{ .of = &firewalld, .chain = "FORWARD_POLICIES~" },
	{ .of = &firewalld, .chain = "PREROUTING_POLICIES~" },
	{ .of = &firewalld, .chain = "POSTROUTING_POLICIES~" },
	HOST_CALLS(firewalld, "INPUT_direct"),
	HOST_CALLS(firewalld, "OUTPUT_direct"),
	HOST_CALLS(firewalld, "FORWARD_direct"),
	HOST_CALLS(firewalld, "PREROUTING_direct"),
	HOST_CALLS(firewalld, "POSTROUTING_direct"),
	HOST_CALLS(firewalld, "INPUT_ZONES~"),
	HOST_CALLS(firewalld, "FORWARD_ZONES~"),
	HOST_CALLS(firewalld, "FORWARD_IN_ZONES~"),
	HOST_CALLS(firewalld, "FORWARD_OUT_ZONES~"),
	HOST_CALLS(firewalld, "PREROUTING_ZONES~"),
	HOST_CALLS(firewalld, "POSTROUTING_ZONES~"),
	HOST_CALLS(firewalld, "INPUT_POLICIES~"),
	HOST_CALLS(firewalld, "OUTPUT_POLICIES~"),
	HOST_CALLS(firewalld, "FORWARD_POLICIES~"),
	HOST_CALLS(firewalld, "PREROUTING_POLICIES~"),
	HOST_CALLS(firewalld, "POSTROUTING_POLICIES~"),

	DOCKER("DOCKER-USER", .object = "DOCKER-USER, the administrator's own"),
	DOCKER("DOCKER", .text = "-A DOCKER ! -i * -o * -j DROP",
	       .object = "$B2, unpublished port"),
	DOCKER("DOCKER", .text = "-A DOCKER -d ~ ! -i * -o * ~ -j ACCEPT",
	       .object = "$B2, published port"),
	DOCKER("DOCKER", .text = "~ ! -i * ~ -j DNAT ~",
	       .object = "$B1, published port"),
	DOCKER("DOCKER", .text = "~ -j DNAT ~", .object = "published port"),
	DOCKER_BY("DOCKER-ISOLATION-STAGE-~", ", isolation of networks"),
	DOCKER_BY("DOCKER-INTERNAL", ", internal network"),
	DOCKER("DOCKER-INGRESS", .object = "ingress network"),
	DOCKER("DOCKER_OUTPUT", .object = "embedded DNS"),
	DOCKER("DOCKER_POSTROUTING", .object = "embedded DNS"),
	DOCKER_BY("DOCKER", ""),
	DOCKER_BY("DOCKER-~", ""),
	DOCKER("DOCKER"),
	DOCKER("DOCKER-~"),
	DOCKER_SHAPE("raw", "PREROUTING", "-d ~ ! -i * -j DROP",
		     ", direct access to a container"),
	DOCKER_SHAPE("nat", "POSTROUTING", "-s ~ ! -o * -j MASQUERADE", ""),
	DOCKER_SHAPE("filter", "FORWARD", "-i * ! -o * -j ACCEPT", ""),
	DOCKER_SHAPE("filter", "FORWARD", "-i * -o * -j ACCEPT", ""),
	DOCKER_SHAPE("filter", "FORWARD",
		     "-o * -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
		     ""),
	DOCKER_NFT("raw-PREROUTING", .comment = "DROP DIRECT ACCESS",
		   .text = "~iifname != \"*\"~",
		   .object = "$B1, direct access to a container"),
	DOCKER_NFT("filter-forward-in__*", .comment = "UNPUBLISHED PORT DROP",
		   .object = "$B1, unpublished port"),
	DOCKER_NFT("filter-forward-in__*", .text = "ip~ daddr ~ dport ~accept~",
		   .object = "$B1, published port"),
	DOCKER_NFT("~__*", .object = "$B1"),
	DOCKER_NFT("nat-prerouting-and-output", .comment = "DNAT",
		   .text = "~iifname != \"*\"~",
		   .object = "$B1, published port"),
	DOCKER_NFT("~"),
	HOST_CALLS(docker, "DOCKER"),
	HOST_CALLS(docker, "DOCKER-~"),
	HOST_CALLS(docker, "DOCKER_~"),

	{ .of = &netavark, .nft = "netavark", .chain = "nv_2f259bab_~",
	  .object = "network podman" },
	{ .of = &netavark, .nft = "netavark", .chain = "nv_*_~",
	  .object = "network $1" },
	{ .of = &netavark, .nft = "netavark", .chain = "NETAVARK-ISOLATION-~",
	  .object = "isolation of networks" },
	{ .of = &netavark, .nft = "netavark", .chain = "NETAVARK-HOSTPORT-~",
	  .object = "published ports" },
	{ .of = &netavark, .nft = "netavark" },
	{ .of = &netavark, .chain = "NETAVARK~",
	  .comment = "dnat name: * id: *", .object = "network $1, container $I2" },
	{ .of = &netavark, .calls = "NETAVARK~", .comment = "name: * id: *",
	  .object = "network $1, container $I2" },
	{ .of = &netavark, .chain = "NETAVARK_ISOLATION_~",
	  .object = "isolation of networks" },
	{ .of = &netavark, .chain = "NETAVARK-~" },
	{ .of = &netavark, .chain = "NETAVARK_~" },
	HOST_CALLS(netavark, "NETAVARK-~"),
	HOST_CALLS(netavark, "NETAVARK_~"),

	{ .of = &fail2ban, .nft = "f2b-table", .text = "~@addr-set-* ~",
	  .object = "jail $1" },
	{ .of = &fail2ban, .nft = "f2b-table", .text = "~@addr6-set-* ~",
	  .object = "jail $1" },
	{ .of = &fail2ban, .nft = "f2b-table" },
	{ .of = &fail2ban, .chain = "f2b-*", .object = "jail $1" },
	{ .of = &fail2ban, .chain = "fail2ban-*", .object = "jail $1" },
	{ .of = &fail2ban, .text = "~ --match-set f2b-* src ~",
	  .object = "jail $J1" },
	{ .of = &fail2ban, .calls = "f2b-*", .object = "jail $1" },
	{ .of = &fail2ban, .calls = "fail2ban-*", .object = "jail $1" },

	LIBVIRT("LIBVIRT_FWI", "guest_input", "o", "to guests"),
	LIBVIRT("LIBVIRT_FWO", "guest_output", "i", "from guests"),
	LIBVIRT("LIBVIRT_FWX", "guest_cross", "i", "among guests"),
	{ .of = &libvirt, .chain = "LIBVIRT_INP", .text = "~ -i * ~",
	  .object = "bridge $1, guests to the host" },
	{ .of = &libvirt, .chain = "LIBVIRT_OUT", .text = "~ -o * ~",
	  .object = "bridge $1, the host to guests" },
	{ .of = &libvirt, .chain = "LIBVIRT_PRT", .object = "NAT of guests" },
	{ .of = &libvirt, .nft = "libvirt_network", .chain = "guest_nat",
	  .object = "NAT of guests" },
	{ .of = &libvirt, .chain = "LIBVIRT_~" },
	{ .of = &libvirt, .nft = "libvirt_network" },
	{ .of = &libvirt, .chain = "FI-vnet*", .object = "interface vnet$1" },
	{ .of = &libvirt, .chain = "FO-vnet*", .object = "interface vnet$1" },
	{ .of = &libvirt, .chain = "HI-vnet*", .object = "interface vnet$1" },
	HOST_CALLS(libvirt, "LIBVIRT_~"),

	{ .of = &cni, .chain = "CNI-~", .comment = "dnat name: \"*\" id: \"*\"",
	  .object = "network $1, container $I2" },
	{ .of = &cni, .calls = "CNI-~", .comment = "name: \"*\" id: \"*\"",
	  .object = "network $1, container $I2" },
	{ .of = &cni, .chain = "CNI-~", .comment = "name: \"*\" id: \"*\"",
	  .object = "network $1, container $I2" },
	{ .of = &cni, .chain = "CNI-ADMIN", .object = "CNI-ADMIN, the administrator's own" },
	{ .of = &cni, .chain = "CNI-~" },
	{ .of = &cni, .comment = "CNI portfwd ~" },
	{ .of = &cni, .nft = "cni_hostport", .object = "published ports" },
	{ .of = &cni, .nft = "cni_plugins_masquerade" },
	HOST_CALLS(cni, "CNI-~"),

	{ .of = &tailscale, .chain = "ts-input" },
	{ .of = &tailscale, .chain = "ts-forward" },
	{ .of = &tailscale, .chain = "ts-postrouting" },
	HOST_CALLS(tailscale, "ts-input"),
	HOST_CALLS(tailscale, "ts-forward"),
	HOST_CALLS(tailscale, "ts-postrouting"),

	{ .of = &wg_quick, .nft = "wg-quick-*", .object = "interface $1" },
	{ .of = &wg_quick, .comment = "wg-quick(8) rule for *",
	  .object = "interface $1" },

	/* What its chains for rejects say is the same for all zones. */
	{ .of = &fw4, .nft = "fw4", .chain = "handle_reject", .object = "" },
	FW4("accept_from_*"), FW4("accept_to_*"),
	FW4("reject_from_*"), FW4("reject_to_*"),
	FW4("drop_from_*"), FW4("drop_to_*"),
	{ .of = &fw4, .nft = "fw4", .comment = "!fw4: *", .object = "$T1" },
	FW4("input_*"), FW4("output_*"), FW4("forward_*"),
	FW4("srcnat_*"), FW4("dstnat_*"), FW4("helper_*"),
	{ .of = &fw4, .nft = "fw4" },

	{ .of = &keepalived, .nft = "keepalived" },

	{ .of = &nftlb, .nft = "nftlb", .chain = "filter-*", .object = "farm $1" },
	{ .of = &nftlb, .nft = "nftlb", .chain = "nat-*", .object = "farm $1" },
	{ .of = &nftlb, .nft = "nftlb" },

	{ .of = &lxd, .comment = "generated for LXD network *",
	  .object = "network $1" },
	{ .of = &lxd, .comment = "generated for LXD network-forward *",
	  .object = "network $1" },
	{ .of = &lxd, .nft = "lxd", .chain = "~.*", .object = "network $1" },
	{ .of = &lxd, .nft = "lxd" },
	{ .of = &incus, .comment = "generated for Incus network *",
	  .object = "network $1" },
	{ .of = &incus, .nft = "incus", .chain = "~.*", .object = "network $1" },
	{ .of = &incus, .nft = "incus" },

	{ .of = &proxmox, .chain = "PVEFW-~" },
	{ .of = &crowdsec, .nft = "crowdsec~" },
	{ .of = &crowdsec, .chain = "CROWDSEC_CHAIN" },
	{ .of = &sshguard, .nft = "sshguard" },

	/* The last: its names are anybody's, and others write beside it. */
	SHOREWALL_PAIR("*-*"),
	SHOREWALL_PAIR("*2*"),
	SHOREWALL("~_frwd"), SHOREWALL("~_fwd"), SHOREWALL("~_in"),
	SHOREWALL("~_out"), SHOREWALL("~_masq"), SHOREWALL("tcpre"),
	SHOREWALL("tcfor"), SHOREWALL("tcin"), SHOREWALL("tcout"),
	SHOREWALL("tcpost"), SHOREWALL("dynamic"), SHOREWALL("smurfs"),
	SHOREWALL("smurflog"), SHOREWALL("tcpflags"), SHOREWALL("logflags"),
	SHOREWALL("logdrop"), SHOREWALL("logreject"), SHOREWALL("reject"),
	SHOREWALL("Reject"), SHOREWALL("Drop"), SHOREWALL("Broadcast"),
	SHOREWALL("sfilter"), SHOREWALL("shorewall"),
	{ .of = &shorewall, .text = "~ --log-prefix \"Shorewall:~" },
};

const struct component_rows component_rows_host = { host_rows, ARRAY_SIZE(host_rows) };
