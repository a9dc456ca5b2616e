// SPDX-License-Identifier: GPL-2.0-or-later
/* component_test: whose rule decided, of the ways that packets go through each program's rules. */
#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "grounds/component.h"
#include "grounds/grounds.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "place/place.h"
#include "place/place_restored.h"
#include "rules/base/strview.h"
#include "rules/base/units.h"
#include "rules/view/ruleset.h"

enum { STEPS = 32 };

/*
 * The events of a packet, a line each: table, chain, and the rule's text; "nft FAMILY
 * TABLE CHAIN text" for a table of nft's own.  The last one decided.
 */
struct story {
	const char *events;
	const char *owner;	/* "-": nobody's */
};

static const struct story stories[] = {
	/* ufw */
	{ "filter INPUT -A INPUT -j ufw-before-input\n"
	  "filter ufw-before-input -A ufw-before-input -j ufw-user-input\n"
	  "filter ufw-user-input -A ufw-user-input -p tcp -m tcp --dport 22 -j ACCEPT",
	  "ufw: user rule, incoming" },
	{ "filter INPUT -A INPUT -j ufw-track-input\n"
	  "filter INPUT -P INPUT DROP", "ufw: default deny incoming" },
	{ "filter INPUT -A INPUT -j mine\n"
	  "filter INPUT -P INPUT DROP", "-" },
	{ "filter ufw-skip-to-policy-forward -A ufw-skip-to-policy-forward "
	  "-j REJECT --reject-with icmp-port-unreachable",
	  "ufw: default reject routed" },
	{ "filter ufw6-track-output -A ufw6-track-output -p udp -m conntrack "
	  "--ctstate NEW -j ACCEPT", "ufw: default allow outgoing" },
	{ "filter ufw-user-limit -A ufw-user-limit -j REJECT", "ufw: limit" },
	/* A chain of somebody else, called by one of ufw's */
	{ "filter ufw-user-input -A ufw-user-input -j mine\n"
	  "filter mine -A mine -j DROP", "-" },

	/* firewalld */
	{ "nft inet firewalld filter_FWD_policy_lan2wan_deny tcp dport 25 drop",
	  "firewalld: policy lan2wan, deny" },
	{ "nft inet firewalld filter_IN_public_allow tcp dport 22 accept",
	  "firewalld: zone public, allow" },
	{ "nft inet firewalld filter_INPUT ct state invalid drop", "firewalld" },
	{ "nft inet firewalld filter_INPUT_POLICIES iifname \"lan0\" jump filter_IN_internal\n"
	  "nft inet firewalld filter_INPUT_POLICIES iifname \"lan0\" reject with icmpx admin-prohibited",
	  "firewalld: zone internal, default" },
	/* Of which zone it is the default is not told by a policy's chain. */
	{ "nft inet firewalld filter_FORWARD_POLICIES iifname \"lan0\" oifname \"wan0\" jump filter_FWD_policy_lan2wan\n"
	  "nft inet firewalld filter_FORWARD_POLICIES reject with icmpx admin-prohibited",
	  "firewalld" },
	{ "nft inet firewalld_policy_drop filter_input drop",
	  "firewalld: reloads and drops all meanwhile" },
	{ "nft inet mine filter_IN_public_allow tcp dport 22 accept", "-" },
	{ "filter INPUT -A INPUT -j INPUT_ZONES\n"
	  "filter INPUT_ZONES -A INPUT_ZONES -i eth0 -g IN_public\n"
	  "filter IN_public -A IN_public -j IN_public_allow\n"
	  "filter IN_public_allow -A IN_public_allow -p tcp -m tcp --dport 22 -j ACCEPT",
	  "firewalld: zone public, allow" },
	{ "filter FORWARD -A FORWARD -j FORWARD_POLICIES\n"
	  "filter FORWARD_POLICIES -A FORWARD_POLICIES -i lan0 -o wan0 -j FWD_lan2wan\n"
	  "filter FWD_lan2wan -A FWD_lan2wan -j FWD_lan2wan_deny\n"
	  "filter FWD_lan2wan_deny -A FWD_lan2wan_deny -p tcp -m tcp --dport 25 -j DROP",
	  "firewalld: zone or policy lan2wan, deny" },
	{ "filter INPUT -A INPUT -j IN_mine\n"
	  "filter IN_mine -A IN_mine -j DROP", "-" },
	{ "filter INPUT_direct -A INPUT_direct -j DROP", "firewalld: direct rules" },

	/* Docker */
	{ "filter DOCKER -A DOCKER ! -i br-0123456789ab -o br-0123456789ab -j DROP",
	  "Docker: network 0123456789ab, unpublished port" },
	{ "filter DOCKER -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT",
	  "Docker: network bridge, published port" },
	{ "filter DOCKER-ISOLATION-STAGE-2 -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP",
	  "Docker: network bridge, isolation of networks" },
	{ "filter DOCKER-USER -A DOCKER-USER -s 192.0.2.1/32 -j DROP",
	  "Docker: DOCKER-USER, the administrator's own" },
	{ "raw PREROUTING -A PREROUTING -d 172.17.0.2/32 ! -i docker0 -j DROP",
	  "Docker: network bridge, direct access to a container" },
	{ "raw PREROUTING -A PREROUTING -d 172.17.0.2/32 ! -i eth0 -j DROP", "-" },
	{ "filter INPUT -A INPUT -i docker0 -j DROP", "-" },
	{ "nat DOCKER -A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80",
	  "Docker: network bridge, published port" },
	{ "nat DOCKER_OUTPUT -A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:40000",
	  "Docker: embedded DNS" },
	{ "nft ip docker-bridges filter-forward-in__docker0 counter drop comment \"UNPUBLISHED PORT DROP\"",
	  "Docker: network bridge, unpublished port" },
	{ "nft ip docker-bridges filter-forward-in__br-0123456789ab ip daddr 172.18.0.2 tcp dport 80 counter accept",
	  "Docker: network 0123456789ab, published port" },
	{ "nft ip docker-bridges raw-PREROUTING ip daddr 172.17.0.2 iifname != \"docker0\" counter drop comment \"DROP DIRECT ACCESS\"",
	  "Docker: network bridge, direct access to a container" },
	{ "nft ip docker-bridges nat-postrouting-out__bridge1 oifname != \"bridge1\" masquerade",
	  "Docker: bridge bridge1" },

	/* Podman */
	{ "nft inet netavark nv_5cade5da_10_89_5_0_nm24 ip daddr 10.89.5.0/24 accept",
	  "Podman: network 5cade5da" },
	{ "nft inet netavark nv_2f259bab_10_88_0_0_nm16 ip daddr != 224.0.0.0/4 masquerade",
	  "Podman: network podman" },
	{ "nft inet netavark NETAVARK-ISOLATION-3 oifname \"podman1\" drop",
	  "Podman: isolation of networks" },
	{ "nat NETAVARK-HOSTPORT-DNAT -A NETAVARK-HOSTPORT-DNAT -p tcp -m tcp --dport 80 -m comment --comment "
	  "\"dnat name: shop id: 0123456789abcdef0123456789abcdef\" -j NETAVARK-DN-1D8721804F16F\n"
	  "nat NETAVARK-DN-1D8721804F16F -A NETAVARK-DN-1D8721804F16F -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.89.0.2:80",
	  "Podman: network shop, container 0123456789ab" },
	{ "nat POSTROUTING -A POSTROUTING -s 10.89.0.0/24 -m comment --comment \"name: shop id: 0123456789abcdef\" -j NETAVARK-1D8721804F16F\n"
	  "nat NETAVARK-1D8721804F16F -A NETAVARK-1D8721804F16F -d 10.89.0.0/24 -j ACCEPT",
	  "Podman: network shop, container 0123456789ab" },
	{ "filter NETAVARK_FORWARD -A NETAVARK_FORWARD -m conntrack --ctstate INVALID -j DROP", "Podman" },

	/* CNI */
	{ "nat CNI-HOSTPORT-DNAT -A CNI-HOSTPORT-DNAT -p tcp -m comment --comment "
	  "\"dnat name: \\\"cbr0\\\" id: \\\"c55a611c4b8e8a4bef86\\\"\" -m multiport --dports 80 -j CNI-DN-eb9116f984fef9374c9e2\n"
	  "nat CNI-DN-eb9116f984fef9374c9e2 -A CNI-DN-eb9116f984fef9374c9e2 -p tcp -m tcp --dport 80 -j DNAT --to-destination 10.244.0.6:80",
	  "CNI: network cbr0, container c55a611c4b8e" },
	{ "nft ip cni_hostport hostports tcp dport 80 dnat to 10.244.0.6:80", "CNI: published ports" },

	/* fail2ban */
	{ "nft inet f2b-table f2b-chain tcp dport { 22 } ip saddr @addr-set-sshd reject with icmp port-unreachable",
	  "fail2ban: jail sshd" },
	{ "nft inet f2b-table f2b-chain tcp dport 22 ip6 saddr @addr6-set-sshd-ddos drop",
	  "fail2ban: jail sshd-ddos" },
	{ "filter INPUT -A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd\n"
	  "filter f2b-sshd -A f2b-sshd -s 192.0.2.7/32 -j REJECT --reject-with icmp-port-unreachable",
	  "fail2ban: jail sshd" },
	{ "filter INPUT -A INPUT -p tcp -m multiport --dports 22 -m set --match-set f2b-sshd src -j REJECT --reject-with icmp-port-unreachable",
	  "fail2ban: jail sshd" },

	/* Shorewall: a name with a dash is anybody's */
	{ "filter net-fw -A net-fw -p tcp -m tcp --dport 22 -j ACCEPT", "-" },
	{ "filter INPUT -A INPUT -i eth0 -j net-fw\n"
	  "filter net-fw -A net-fw -m conntrack --ctstate INVALID,NEW,UNTRACKED -j dynamic\n"
	  "filter net-fw -A net-fw -m conntrack --ctstate INVALID,NEW,UNTRACKED -j smurfs\n"
	  "filter net-fw -A net-fw -g reject\n"
	  "filter reject -A reject -p tcp -j REJECT --reject-with tcp-reset",
	  "Shorewall: net -> fw, policy" },
	{ "filter loc-fw -A loc-fw -m conntrack --ctstate INVALID,NEW,UNTRACKED -j dynamic\n"
	  "filter loc-fw -A loc-fw -m conntrack --ctstate INVALID,NEW,UNTRACKED -j smurfs\n"
	  "filter loc-fw -A loc-fw -p tcp -m tcp --dport 8080 -j reject\n"
	  "filter reject -A reject -p tcp -j REJECT --reject-with tcp-reset",
	  "Shorewall: loc -> fw" },
	{ "filter INPUT -A INPUT -j LOG --log-prefix \"Shorewall:INPUT:REJECT:\" --log-level 6", "Shorewall" },

	/* libvirt */
	{ "filter LIBVIRT_FWI -A LIBVIRT_FWI -o virbr0 -j REJECT --reject-with icmp-port-unreachable",
	  "libvirt: bridge virbr0, to guests" },
	{ "filter LIBVIRT_INP -A LIBVIRT_INP -i virbr1 -p udp -m udp --dport 53 -j ACCEPT",
	  "libvirt: bridge virbr1, guests to the host" },
	{ "nft ip libvirt_network guest_output iifname \"virbr0\" counter reject",
	  "libvirt: bridge virbr0, from guests" },
	{ "nat LIBVIRT_PRT -A LIBVIRT_PRT -s 192.168.122.0/24 ! -d 192.168.122.0/24 -j MASQUERADE",
	  "libvirt: NAT of guests" },

	/* kube-proxy */
	{ "nat PREROUTING -A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n"
	  "nat KUBE-SERVICES -A KUBE-SERVICES -d 10.96.0.10/32 -p udp -m comment --comment \"kube-system/kube-dns:dns cluster IP\" -m udp --dport 53 -j KUBE-SVC-TCOU7JCQXEZGVUNU\n"
	  "nat KUBE-SVC-TCOU7JCQXEZGVUNU -A KUBE-SVC-TCOU7JCQXEZGVUNU -j KUBE-SEP-6E7XQMQ4RAYOWTTM\n"
	  "nat KUBE-SEP-6E7XQMQ4RAYOWTTM -A KUBE-SEP-6E7XQMQ4RAYOWTTM -p udp -m udp -j DNAT --to-destination 10.244.0.3:53",
	  "kube-proxy: kube-system/kube-dns:dns" },
	{ "filter KUBE-SERVICES -A KUBE-SERVICES -d 10.96.1.1/32 -p tcp -m comment --comment \"default/web has no endpoints\" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable",
	  "kube-proxy: default/web" },
	{ "filter KUBE-FIREWALL -A KUBE-FIREWALL -m comment --comment \"kubernetes firewall for dropping marked packets\" -m mark --mark 0x8000/0x8000 -j DROP",
	  "Kubernetes" },
	{ "nft ip kube-proxy endpoint-5OJB2KTY-shop/web/tcp/http__10.0.0.1/80 meta l4proto tcp dnat to 10.0.0.1:80",
	  "kube-proxy: shop/web:http" },
	{ "nft ip kube-proxy service-ULMVA6XW-ns-1/svc1/tcp/p80 numgen random mod 1 vmap { 0 : goto endpoint-x }",
	  "kube-proxy: ns-1/svc1:p80" },
	{ "nft ip kube-proxy service-ULMVA6XW-ns-1/svc1/tcp/ drop", "kube-proxy: ns-1/svc1" },
	{ "nft ip kube-proxy reject-chain reject", "kube-proxy" },

	/* kube-router */
	{ "filter FORWARD -A FORWARD -m comment --comment \"kube-router netpol - TEMCG2JMHZYE7H7T\" -j KUBE-ROUTER-FORWARD\n"
	  "filter KUBE-ROUTER-FORWARD -A KUBE-ROUTER-FORWARD -d 10.42.0.11/32 -m comment --comment "
	  "\"rule to jump traffic destined to POD name:redis-0 namespace: shop to chain KUBE-POD-FW-4BDGZEWEU32YM75H\" -j KUBE-POD-FW-4BDGZEWEU32YM75H\n"
	  "filter KUBE-POD-FW-4BDGZEWEU32YM75H -A KUBE-POD-FW-4BDGZEWEU32YM75H -m comment --comment \"rule to drop invalid state for pod\" -m conntrack --ctstate INVALID -j DROP",
	  "kube-router: pod shop/redis-0" },
	{ "filter KUBE-NWPLCY-5VLCZNPWIAXAL2HB -A KUBE-NWPLCY-5VLCZNPWIAXAL2HB -p tcp -m comment --comment "
	  "\"rule to ACCEPT traffic from source pods to dest pods selected by policy name web-in namespace shop\" -j RETURN",
	  "kube-router: policy shop/web-in" },

	/* Calico */
	{ "filter cali-fw-cali123 -A cali-fw-cali123 -m comment --comment \"cali:x\" -j cali-po-default.no-mail\n"
	  "filter cali-po-default.no-mail -A cali-po-default.no-mail -p tcp -m multiport --dports 25 -j DROP",
	  "Calico: policy default/no-mail, egress of cali123" },
	{ "filter cali-tw-cali123 -A cali-tw-cali123 -m comment --comment \"cali:x\" -j DROP",
	  "Calico: workload cali123" },
	{ "filter cali-pi-_rWDSk9LLgWIl_lpnJE2 -A cali-pi-_rWDSk9LLgWIl_lpnJE2 -j DROP", "Calico" },
	{ "filter cali-pi-_rWDSk9LLgWIl_lpnJE2 -A cali-pi-_rWDSk9LLgWIl_lpnJE2 -m comment --comment \"cali:x\" "
	  "-m comment --comment \"NetworkPolicy shop/web ingress\" -j DROP", "Calico: policy shop/web" },
	{ "filter cali-pi-np/shop/web -A cali-pi-np/shop/web -j DROP", "Calico: policy shop/web" },
	{ "filter cali-pri-kns.shop -A cali-pri-kns.shop -j DROP", "Calico: profile kns.shop" },
	/* What was asked before it came there is not what denied it. */
	{ "filter cali-tw-cali9 -A cali-tw-cali9 -j cali-pi-a\n"
	  "filter cali-fw-cali123 -A cali-fw-cali123 -j cali-po-b\n"
	  "filter cali-fw-cali123 -A cali-fw-cali123 -j cali-po-_hash\n"
	  "filter cali-fw-cali123 -A cali-fw-cali123 -m comment --comment \"cali:x\" -m comment --comment \"Drop if no profiles matched\" -j DROP",
	  "Calico: default deny, egress of cali123; asked: b, ?" },
	{ "nft ip calico filter-cali-fw-cali123 jump filter-cali-po-default.no-mail\n"
	  "nft ip calico filter-cali-po-default.no-mail tcp dport 25 counter drop",
	  "Calico: policy default/no-mail, egress of cali123" },
	{ "filter FORWARD -A FORWARD -m comment --comment \"cali:S93hcgKJrXEqnTfs\" -m comment --comment \"Policy explicitly accepted packet.\" -m mark --mark 0x10000/0x10000 -j ACCEPT",
	  "Calico" },

	/* The others */
	{ "filter CILIUM_FORWARD -A CILIUM_FORWARD -o cilium_host -m comment --comment \"cilium: any->cluster\" -j ACCEPT", "Cilium" },
	{ "nat ISTIO_REDIRECT -A ISTIO_REDIRECT -p tcp -j REDIRECT --to-ports 15001", "Istio: redirect to the sidecar" },
	{ "nft inet istio-proxy-nat istio-redirect meta l4proto tcp redirect to :15001", "Istio" },
	{ "filter FLANNEL-FWD -A FLANNEL-FWD -s 10.42.0.0/16 -m comment --comment \"flanneld forward\" -j ACCEPT", "flannel" },
	{ "nft ip flannel-ipv4 postrtg ip saddr 10.42.0.0/16 masquerade", "flannel" },
	{ "filter WEAVE-NPC-INGRESS -A WEAVE-NPC-INGRESS -j DROP", "Weave Net: network policy" },
	{ "filter ts-input -A ts-input -s 100.64.0.0/10 ! -i tailscale0 -j DROP", "Tailscale" },
	{ "raw PREROUTING -A PREROUTING -d 10.9.0.2/32 ! -i wg0 -m addrtype ! --src-type LOCAL -m comment --comment \"wg-quick(8) rule for wg0\" -j DROP",
	  "wg-quick: interface wg0" },
	{ "nft ip wg-quick-wg0 preraw iifname != \"wg0\" ip daddr 10.9.0.2 fib saddr type != local drop", "wg-quick: interface wg0" },
	{ "nft inet fw4 input_wan udp dport 68 counter accept comment \"!fw4: Allow-DHCP-Renew\"", "OpenWrt: Allow-DHCP-Renew" },
	{ "nft inet fw4 input_wan jump reject_from_wan\n"
	  "nft inet fw4 reject_from_wan iifname \"wan\" jump handle_reject comment \"!fw4: reject wan IPv4/IPv6 traffic\"\n"
	  "nft inet fw4 handle_reject meta l4proto tcp reject with tcp reset comment \"!fw4: Reject TCP traffic\"",
	  "OpenWrt: zone wan" },
	{ "nft ip keepalived in ip daddr @vips drop", "keepalived" },
	{ "nft ip nftlb nat-web ct mark set 1 dnat to 10.0.0.1", "nftlb: farm web" },
	{ "nft inet lxd fwd.lxdbr0 iifname \"lxdbr0\" accept", "LXD: network lxdbr0" },

	/* Nobody's, and what looks like somebody's */
	{ "filter INPUT -A INPUT -p tcp -j DROP", "-" },
	{ "filter DOCKERISH -A DOCKERISH -j DROP", "-" },
	{ "filter my-ufw-input -A my-ufw-input -j DROP", "-" },
	{ "nft inet filter input tcp dport 22 drop comment \"name: x id: y\"", "-" },
	{ "filter INPUT -A INPUT -m comment --comment \"not cali:x\" -j DROP", "-" },
	/* A chain that was left again does not count. */
	{ "filter FORWARD -A FORWARD -j cali-FORWARD\n"
	  "filter cali-FORWARD -A cali-FORWARD -j cali-fw-cali123\n"
	  "filter cali-fw-cali123 -A cali-fw-cali123 -j RETURN\n"
	  "filter FORWARD -A FORWARD -j DROP", "-" },
};

static const struct place *restore(struct place_index *idx, struct strview line,
				   unsigned int number)
{
	bool nft = strview_take(&line, "nft ");
	struct strview family = { "", 0 }, table, chain;
	struct place_known known = { .nfproto = 2 };
	char prefix[256];

	if (nft)
		family = strview_cut(&line, ' ');
	if (strview_is(family, "ip6"))
		known.nfproto = 10;
	table = strview_cut(&line, ' ');
	chain = strview_cut(&line, ' ');
	known.rule = line.at;
	known.rule_len = line.len;
	known.prefix = prefix;
	known.prefix_len = (size_t)snprintf(
		prefix, sizeof(prefix), "TRACE: %s%.*s%s%.*s:%.*s:rule:%s%u",
		nft ? "nft " : "", (int)family.len, family.at, nft ? " " : "",
		(int)table.len, table.at, (int)chain.len, chain.at,
		nft ? "handle " : "", number);
	return place_restore(idx, &known);
}

static void tell(const struct story *s, char *text, size_t size)
{
	static const struct ruleset none;
	struct place_index *idx = place_index_open(&none, NULL);
	struct strview rest = { s->events, strlen(s->events) }, line;
	struct step steps[STEPS] = { 0 };
	struct journey j = { .step = steps };
	struct component_found f;
	size_t n;

	assert_non_null(idx);
	while (strview_line(&rest, &line)) {
		steps[j.steps].place = restore(idx, line, j.steps + 1);
		assert_non_null(steps[j.steps].place);
		j.steps++;
	}
	snprintf(text, size, "-");
	if (component_find(&f, &j, 0, steps[j.steps - 1].place))
		component_text(text, (unsigned int)size, &f);
	for (unsigned int i = 0; i < f.asked; i++) {
		n = strlen(text);
		snprintf(text + n, size - n, "%s%s", i ? ", " : "; asked: ",
			 *f.ask[i] ? f.ask[i] : "?");
	}
	place_index_close(idx);
}

static void each_is_told_right(void **state)
{
	unsigned int wrong = 0;
	char text[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stories); i++) {
		tell(&stories[i], text, sizeof(text));
		if (strcmp(text, stories[i].owner) == 0)
			continue;
		print_error("%s\n\tis: %s\n\tnot: %s\n", stories[i].events,
			    stories[i].owner, text);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* A rule that accepts what has a mark is anybody's; who set the mark, let it pass. */
static void the_mark_names_the_policy(void **state)
{
	static const char *const events[] = {
		"filter cali-fw-cali123 -A cali-fw-cali123 -j cali-po-default.web",
		"filter cali-po-default.web -A cali-po-default.web -p tcp -m tcp --dport 80 -j MARK --set-xmark 0x10000/0x10000",
		"filter FORWARD -A FORWARD -m comment --comment \"cali:S\" -m comment "
		"--comment \"Policy explicitly accepted packet.\" -m mark --mark 0x10000/0x10000 -j ACCEPT",
	};
	static const struct ruleset none;
	struct place_index *idx = place_index_open(&none, NULL);
	struct step steps[ARRAY_SIZE(events)] = { 0 };
	struct fate fate = { .kind = FATE_FORWARDED };
	struct journey j = { .step = steps, .fate = &fate,
			     .steps = ARRAY_SIZE(events) };
	struct grounds g = { 0 };
	struct component_found f;

	(void)state;
	for (unsigned int i = 0; i < ARRAY_SIZE(events); i++)
		steps[i].place = restore(idx, (struct strview){ events[i],
					 strlen(events[i]) }, i + 1);
	assert_false(component_of_fate(&f, &j, 0, NULL));
	g.accepted = steps[2].place;
	assert_true(component_of_fate(&f, &j, 0, &g));
	assert_string_equal(f.who->key, "calico");
	assert_string_equal(f.object, "");
	g.marked = steps[1].place;
	assert_true(component_of_fate(&f, &j, 0, &g));
	assert_string_equal(f.object, "policy default/web, egress of cali123");
	place_index_close(idx);
}

/* One rule is for all services that a map has; the element that was met tells which. */
static void the_element_names_the_service(void **state)
{
	static const char event[] = "nft ip kube-proxy filter-forward ct state new "
		"ip daddr . meta l4proto . th dport vmap @no-endpoint-services";
	static const struct {
		const char *comment, *object;
	} elements[] = {
		{ "shop/cart:http", "shop/cart:http" }, { NULL, "" },
		{ "not one's", "" },
	};
	static const struct ruleset none;
	struct place_index *idx = place_index_open(&none, NULL);
	struct step step = { 0 };
	struct fate fate = { .kind = FATE_DROP };
	struct map_verdict verdict = { .verdict = "drop", .key = "10.96.0.50 . tcp . 80" };
	struct journey j = { .step = &step, .fate = &fate, .steps = 1,
			     .verdict = &verdict, .verdicts = 1 };
	struct component_found f;

	(void)state;
	step.place = restore(idx, (struct strview){ event, strlen(event) }, 1);
	for (size_t i = 0; i < ARRAY_SIZE(elements); i++) {
		verdict.comment = elements[i].comment;
		assert_true(component_find(&f, &j, 0, step.place));
		assert_string_equal(f.who->key, "kube-proxy");
		assert_string_equal(f.object, elements[i].object);
	}
	place_index_close(idx);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_element_names_the_service),
		cmocka_unit_test(each_is_told_right),
		cmocka_unit_test(the_mark_names_the_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
