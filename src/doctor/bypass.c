// SPDX-License-Identifier: GPL-2.0-or-later
/* bypass: what in this network namespace can take packets past iptables' rules. */
#include "doctor/bypass.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include "doctor/behind.h"
#include "doctor/finding.h"
#include "host/bpf_program.h"
#include "host/dump.h"
#include "host/ipvs.h"

enum { PROGRAMS = 16 };

static bool bridges_are_seen(void)
{
	FILE *f = fopen("/proc/sys/net/bridge/bridge-nf-call-iptables", "re");
	int on = 0;

	if (f && fscanf(f, "%d", &on) != 1)
		on = 0;
	if (f)
		fclose(f);
	return on;
}

static bool has_kind(const struct nlattr *info, const char *kind)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, info)
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND &&
		    strncmp(mnl_attr_get_payload(attr), kind,
			    mnl_attr_get_payload_len(attr)) == 0)
			return true;
	return false;
}

/* One program, or one of each kind: the first that is told. */
static void say_xdp(const struct nlattr *xdp, const char *iface)
{
	const struct nlattr *attr;
	bool attached = false;
	char name[64] = "";

	mnl_attr_for_each_nested(attr, xdp) {
		uint16_t type = mnl_attr_get_type(attr);
		uint16_t len = mnl_attr_get_payload_len(attr);

		if (type == IFLA_XDP_ATTACHED && len >= 1)
			attached = mnl_attr_get_u8(attr) != XDP_ATTACHED_NONE;
		else if (type >= IFLA_XDP_PROG_ID &&
			 type <= IFLA_XDP_HW_PROG_ID && len >= 4 && !*name)
			bpf_program_name(mnl_attr_get_u32(attr), name,
					 sizeof(name));
	}
	if (attached)
		finding("the XDP program %s on %s sees packets before iptables, "
			"and can take them", name, iface);
}

/* What is attached to an interface itself, without a qdisc. */
static void say_tcx(uint32_t index, const char *iface)
{
	static const struct {
		const char *kind, *when;
	} places[BPF_PROGRAM_PLACES] = {
		[BPF_PROGRAM_TCX_INGRESS] = { "tcx ingress", "before" },
		[BPF_PROGRAM_TCX_EGRESS] = { "tcx egress", "behind" },
		[BPF_PROGRAM_NETKIT] = { "netkit", "behind" },
		[BPF_PROGRAM_NETKIT_PEER] = { "netkit peer", "before" },
	};
	uint32_t id[PROGRAMS];
	char name[64];

	for (unsigned int p = 0; p < BPF_PROGRAM_PLACES; p++) {
		unsigned int n = bpf_program_find(index, p, id, PROGRAMS);

		for (unsigned int i = 0; i < n; i++) {
			bpf_program_name(id[i], name, sizeof(name));
			finding("the BPF program %s on %s (%s) sees packets %s "
				"iptables, and can take them", name, iface,
				places[p].kind, places[p].when);
		}
	}
}

static int on_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	char name[IF_NAMESIZE] = "?";

	(void)arg;
	if_indextoname((unsigned int)ifi->ifi_index, name);
	mnl_attr_for_each(attr, nlh, sizeof(*ifi)) {
		if (mnl_attr_get_type(attr) == IFLA_LINKINFO &&
		    has_kind(attr, "bridge") && !bridges_are_seen())
			finding("what is only bridged by %s does not pass "
				"iptables (net.bridge.bridge-nf-call-iptables "
				"is 0 or not there)", name);
		if (mnl_attr_get_type(attr) == IFLA_XDP)
			say_xdp(attr, name);
	}
	say_tcx((uint32_t)ifi->ifi_index, name);
	return MNL_CB_OK;
}

/* A filter's name, and that of the program that it is. */
static int on_filter(const struct nlmsghdr *nlh, void *arg)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(nlh);
	char name[IF_NAMESIZE] = "?", program[64] = "";
	const struct nlattr *attr, *a;
	const char *when = arg;

	if_indextoname((unsigned int)tc->tcm_ifindex, name);
	mnl_attr_for_each(attr, nlh, sizeof(*tc)) {
		if (mnl_attr_get_type(attr) != TCA_OPTIONS)
			continue;
		mnl_attr_for_each_nested(a, attr)
			if (mnl_attr_get_type(a) == TCA_BPF_ID &&
			    mnl_attr_get_payload_len(a) >= 4)
				bpf_program_name(mnl_attr_get_u32(a), program,
						 sizeof(program));
	}
	if (*program)
		finding("the BPF program %s on %s (tc) sees packets %s "
			"iptables, and can take them", program, name, when);
	return MNL_CB_OK;
}

static void say_filters(int index)
{
	char before[] = "before", behind[] = "behind";
	struct tcmsg ingress = {
		.tcm_ifindex = index,
		.tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
	};
	struct tcmsg egress = {
		.tcm_ifindex = index,
		.tcm_parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS),
	};

	dump_ask(NETLINK_ROUTE, RTM_GETTFILTER, NLM_F_DUMP, &ingress,
		 sizeof(ingress), on_filter, before);
	dump_ask(NETLINK_ROUTE, RTM_GETTFILTER, NLM_F_DUMP, &egress,
		 sizeof(egress), on_filter, behind);
}

static int on_qdisc(const struct nlmsghdr *nlh, void *arg)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	char name[IF_NAMESIZE] = "?";

	(void)arg;
	if_indextoname((unsigned int)tc->tcm_ifindex, name);
	mnl_attr_for_each(attr, nlh, sizeof(*tc)) {
		const char *kind = mnl_attr_get_payload(attr);

		if (mnl_attr_get_type(attr) == TCA_KIND &&
		    (strcmp(kind, "clsact") == 0 ||
		     strcmp(kind, "ingress") == 0)) {
			finding("tc (%s) on %s sees packets before iptables, "
				"and can take them", kind, name);
			say_filters(tc->tcm_ifindex);
		}
	}
	return MNL_CB_OK;
}

static int on_flowtable(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	(void)arg;
	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(attr) == NFTA_FLOWTABLE_NAME)
			finding("the flowtable %.100s takes established flows "
				"past forwarding's rules",
				mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

/* NF_NETDEV_INGRESS or _EGRESS, or -1: not called by any hook. */
static int hook_of(const struct nlattr *hook)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, hook)
		if (mnl_attr_get_type(attr) == NFTA_HOOK_HOOKNUM &&
		    mnl_attr_get_payload_len(attr) >= 4)
			return (int)ntohl(mnl_attr_get_u32(attr));
	return -1;
}

/* Chains of a bridge are at hooks of their own, all around iptables'. */
static void say_link_chain(uint8_t family, const char *table,
			   const char *chain, int hook)
{
	if (family == NFPROTO_BRIDGE)
		finding("nft's bridge %.100s:%.100s sees what is bridged, "
			"before iptables or behind it, and can take it", table,
			chain);
	else
		finding("nft's netdev %.100s:%.100s (%s) sees packets %s "
			"iptables, and can take them", table, chain,
			hook == NF_NETDEV_INGRESS ? "ingress" : "egress",
			hook == NF_NETDEV_INGRESS ? "before" : "behind");
}

/* Family inet has ingress as well, of which the run's notes tell. */
static int on_link_chain(const struct nlmsghdr *nlh, void *arg)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);
	const char *table = "?", *chain = "?";
	const struct nlattr *attr;
	int hook = -1;

	(void)arg;
	mnl_attr_for_each(attr, nlh, sizeof(struct nfgenmsg)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type == NFTA_CHAIN_TABLE)
			table = mnl_attr_get_str(attr);
		else if (type == NFTA_CHAIN_NAME)
			chain = mnl_attr_get_str(attr);
		else if (type == NFTA_CHAIN_HOOK)
			hook = hook_of(attr);
	}
	if (hook >= 0)
		say_link_chain(nfg->nfgen_family, table, chain, hook);
	return MNL_CB_OK;
}

static void look_for_ipvs(void)
{
	if (ipvs_has_services())
		finding("IPVS takes packets to its virtual addresses out of INPUT "
			"and sends them on itself: FORWARD does not see them");
}

static void look_at_links(void)
{
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	struct tcmsg qdisc = { .tcm_family = AF_UNSPEC };

	dump_ask(NETLINK_ROUTE, RTM_GETLINK, NLM_F_DUMP, &link, sizeof(link),
		 on_link, NULL);
	dump_ask(NETLINK_ROUTE, RTM_GETQDISC, NLM_F_DUMP, &qdisc,
		 sizeof(qdisc), on_qdisc, NULL);
}

static void ask_nft(uint8_t message, uint8_t family, mnl_cb_t cb)
{
	struct nfgenmsg ask = { .nfgen_family = family };

	dump_ask(NETLINK_NETFILTER, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 |
					       message),
		 NLM_F_DUMP, &ask, sizeof(ask), cb, NULL);
}

void bypass_each(enum bypass_what what, const uint32_t *out, finding_fn *tell)
{
	finding_tell(tell);
	if (what == BYPASS_ALL)
		look_at_links();
	ask_nft(NFT_MSG_GETFLOWTABLE, AF_UNSPEC, on_flowtable);
	if (what == BYPASS_ALL) {
		ask_nft(NFT_MSG_GETCHAIN, NFPROTO_NETDEV, on_link_chain);
		ask_nft(NFT_MSG_GETCHAIN, NFPROTO_BRIDGE, on_link_chain);
	}
	look_for_ipvs();
	if (what == BYPASS_ENDS)
		behind_say(out);
}
