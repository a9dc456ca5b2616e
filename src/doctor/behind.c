// SPDX-License-Identifier: GPL-2.0-or-later
/* behind: what becomes of packets behind the last hook, where no event and no record tells. */
#include "doctor/behind.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_mirred.h>

#include "doctor/finding.h"
#include "host/dump.h"
#include "rules/base/units.h"

enum {
	SAID = 4,	/* filters; what is more is much the same */
	JUST_NOW = 300,	/* in hundredths of a second, as ndm_updated counts */
};

/* Neighbours that are waited for, and the first of them. */
struct waiting {
	unsigned int count;
	char address[INET6_ADDRSTRLEN], name[IF_NAMESIZE];
};

/* Return: the attribute of a type, or NULL. */
static const struct nlattr *find_in(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

/* Where a filter of each kind has its actions. */
static const struct {
	const char *kind;
	uint16_t type;
} actions[] = {
	{ "u32", TCA_U32_ACT }, { "flower", TCA_FLOWER_ACT },
	{ "matchall", TCA_MATCHALL_ACT }, { "bpf", TCA_BPF_ACT },
	{ "basic", TCA_BASIC_ACT }, { "fw", TCA_FW_ACT },
	{ "flow", TCA_FLOW_ACT }, { "route", TCA_ROUTE4_ACT },
};

static const struct nlattr *find_actions(const char *kind,
					 const struct nlattr *options)
{
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (strcmp(kind, actions[i].kind) == 0)
			return find_in(options, actions[i].type);
	return NULL;
}

/* Return: the interface to which one of them sends on; 0: none does. */
static uint32_t find_redirect(const struct nlattr *acts)
{
	const struct nlattr *act, *kind, *options, *parms;
	struct tc_mirred m;

	mnl_attr_for_each_nested(act, acts) {
		kind = find_in(act, TCA_ACT_KIND);
		options = find_in(act, TCA_ACT_OPTIONS);
		if (!kind || !options ||
		    strcmp(mnl_attr_get_payload(kind), "mirred") != 0)
			continue;
		parms = find_in(options, TCA_MIRRED_PARMS);
		if (!parms || mnl_attr_get_payload_len(parms) < sizeof(m))
			continue;
		memcpy(&m, mnl_attr_get_payload(parms), sizeof(m));
		if (m.eaction == TCA_EGRESS_REDIR ||
		    m.eaction == TCA_INGRESS_REDIR)
			return m.ifindex;
	}
	return 0;
}

static int on_filter_behind(const struct nlmsghdr *nlh, void *arg)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *options = NULL, *acts;
	char from[IF_NAMESIZE] = "?", to[IF_NAMESIZE] = "?";
	const char *kind = "";
	unsigned int *said = arg;
	uint32_t other;

	mnl_attr_for_each(attr, nlh, sizeof(*tc)) {
		if (mnl_attr_get_type(attr) == TCA_KIND)
			kind = mnl_attr_get_str(attr);
		else if (mnl_attr_get_type(attr) == TCA_OPTIONS)
			options = attr;
	}
	acts = options ? find_actions(kind, options) : NULL;
	other = acts ? find_redirect(acts) : 0;
	if (!other || (*said)++ >= SAID)
		return MNL_CB_OK;
	if_indextoname((unsigned int)tc->tcm_ifindex, from);
	if_indextoname(other, to);
	finding("a filter of tc (%s) on %s sends on by %s what it fits: of that, "
		"FORWARDED and SENT out %s are only likely", kind, from, to,
		from);
	return MNL_CB_OK;
}

static void ask_filters(int index, uint32_t parent, unsigned int *said)
{
	struct tcmsg ask = { .tcm_ifindex = index, .tcm_parent = parent };

	dump_ask(NETLINK_ROUTE, RTM_GETTFILTER, NLM_F_DUMP, &ask, sizeof(ask),
		 on_filter_behind, said);
}

/* Filters of what leaves: of clsact, or of a qdisc with classes. */
static int on_qdisc_behind(const struct nlmsghdr *nlh, void *arg)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	const char *kind = "";

	mnl_attr_for_each(attr, nlh, sizeof(*tc))
		if (mnl_attr_get_type(attr) == TCA_KIND)
			kind = mnl_attr_get_str(attr);
	if (strcmp(kind, "clsact") == 0)
		ask_filters(tc->tcm_ifindex,
			    TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS), arg);
	else if (strcmp(kind, "ingress") != 0 && tc->tcm_handle)
		ask_filters(tc->tcm_ifindex, tc->tcm_handle, arg);
	return MNL_CB_OK;
}

/*
 * Nobody has answered for it yet; or it was given up when the run was ending, and nobody
 * has read what the kernel told of those that waited.
 */
static bool has_not_answered(const struct ndmsg *nd, const struct nlattr *cache)
{
	const struct nda_cacheinfo *age;

	if (nd->ndm_state & NUD_INCOMPLETE)
		return true;
	if (!(nd->ndm_state & NUD_FAILED) || !cache ||
	    mnl_attr_get_payload_len(cache) < sizeof(*age))
		return false;
	age = mnl_attr_get_payload(cache);
	return age->ndm_updated < JUST_NOW;
}

static int on_neighbour(const struct nlmsghdr *nlh, void *arg)
{
	const struct ndmsg *nd = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *dst = NULL, *cache = NULL;
	size_t size = nd->ndm_family == AF_INET ? 4 : 16;
	struct waiting *w = arg;

	if (nd->ndm_family != AF_INET && nd->ndm_family != AF_INET6)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*nd)) {
		if (mnl_attr_get_type(attr) == NDA_DST)
			dst = attr;
		else if (mnl_attr_get_type(attr) == NDA_CACHEINFO)
			cache = attr;
	}
	if (!has_not_answered(nd, cache) || !dst ||
	    mnl_attr_get_payload_len(dst) < size || w->count++)
		return MNL_CB_OK;
	inet_ntop(nd->ndm_family, mnl_attr_get_payload(dst), w->address,
		  sizeof(w->address));
	if (!if_indextoname((unsigned int)nd->ndm_ifindex, w->name))
		strcpy(w->name, "?");
	return MNL_CB_OK;
}

static void say_waiting(void)
{
	struct ndmsg neighbour = { .ndm_family = AF_UNSPEC };
	struct waiting w = { .count = 0 };
	char others[32] = "";

	dump_ask(NETLINK_ROUTE, RTM_GETNEIGH, NLM_F_DUMP, &neighbour,
		 sizeof(neighbour), on_neighbour, &w);
	if (!w.count)
		return;
	if (w.count > 1)
		snprintf(others, sizeof(others), " (and %u more)", w.count - 1);
	finding("%s on %s%s has not answered yet: what is FORWARDED or SENT to "
		"it, or by it, waits for its address, and is lost without an "
		"answer", w.address, w.name, others);
}

/* What carries a packet: the protocol, and where the device has it the port of UDP. */
static const struct {
	const char *kind, *match;
	uint16_t port;		/* attribute of IFLA_INFO_DATA; 0: none */
} tunnels[] = {
	{ "vxlan", "-p udp", IFLA_VXLAN_PORT },
	{ "geneve", "-p udp", IFLA_GENEVE_PORT },
	{ "wireguard", "-p udp", 0 },
	{ "gre", "-p gre", 0 }, { "gretap", "-p gre", 0 },
	{ "ip6gre", "-p gre", 0 }, { "ip6gretap", "-p gre", 0 },
	{ "erspan", "-p gre", 0 }, { "ip6erspan", "-p gre", 0 },
	{ "ipip", "-p 4", 0 }, { "sit", "-p 41", 0 },
	{ "ip6tnl", "-6 -p 4 --or -p 41", 0 },
	{ "xfrm", "-p esp", 0 }, { "vti", "-p esp", 0 }, { "vti6", "-p esp", 0 },
};

static void say_tunnel(const char *name, const struct nlattr *info)
{
	const struct nlattr *kind = find_in(info, IFLA_INFO_KIND),
			    *data = find_in(info, IFLA_INFO_DATA), *port = NULL;
	char dport[32] = "";

	for (size_t i = 0; kind && i < ARRAY_SIZE(tunnels); i++) {
		if (strncmp(mnl_attr_get_payload(kind), tunnels[i].kind,
			    mnl_attr_get_payload_len(kind)) != 0)
			continue;
		if (data && tunnels[i].port)
			port = find_in(data, tunnels[i].port);
		if (port && mnl_attr_get_payload_len(port) >= sizeof(uint16_t))
			snprintf(dport, sizeof(dport), " --dport %u",
				 ntohs(mnl_attr_get_u16(port)));
		finding("%s is a tunnel (%s): what is FORWARDED or SENT out of it "
			"goes on inside packets that this host sends; they are "
			"traced by %s%s", name, tunnels[i].kind,
			tunnels[i].match, dport);
	}
}

static int on_link_behind(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	const uint32_t *out = arg;
	const struct nlattr *attr;
	char name[IF_NAMESIZE] = "?";

	while (*out && *out != (uint32_t)ifi->ifi_index)
		out++;
	if (!*out)
		return MNL_CB_OK;
	if_indextoname((unsigned int)ifi->ifi_index, name);
	mnl_attr_for_each(attr, nlh, sizeof(*ifi))
		if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
			say_tunnel(name, attr);
	return MNL_CB_OK;
}

static void say_tunnels(const uint32_t *out)
{
	struct ifinfomsg link = { .ifi_family = AF_UNSPEC };

	if (*out)
		dump_ask(NETLINK_ROUTE, RTM_GETLINK, NLM_F_DUMP, &link,
			 sizeof(link), on_link_behind, (void *)(uintptr_t)out);
}

void behind_say(const uint32_t *out)
{
	struct tcmsg qdisc = { .tcm_family = AF_UNSPEC };
	unsigned int filters = 0;

	say_tunnels(out);
	dump_ask(NETLINK_ROUTE, RTM_GETQDISC, NLM_F_DUMP, &qdisc,
		 sizeof(qdisc), on_qdisc_behind, &filters);
	say_waiting();
}
