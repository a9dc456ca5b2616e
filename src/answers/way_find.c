// SPDX-License-Identifier: GPL-2.0-or-later
/* way_find: asks the kernel by which rule, table and route it would send a packet now. */
#include "answers/way_find.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/fib_rules.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>

#include "answers/policy_rule.h"
#include "capture/event.h"
#include "protocol/ways.h"
#include "rules/base/netlink.h"

enum { ANSWER = 16384 };	/* bytes of one read: what the kernel sends at once */

/* The entry of a table that was found. */
struct route {
	bool found;
	uint32_t table, out;
	uint8_t type;		/* RTN_UNICAST ... */
	uint8_t len;		/* of its prefix */
	uint8_t dst[16], via[16];
	bool has_via;
	uint8_t via_family;
};

/* Whether table local has the entry. */
struct local_search {
	const struct route *route;
	bool found;
};

/* Of all rules in their order the first that leads to the table. */
struct search {
	const struct way_question *q;
	const struct route *route;
	const char *in;
	struct policy_rule rule;
	uint32_t skip_to;	/* behind a goto: those of lower priority are passed over */
	bool found, unsure;
};

static bool is_six(const struct way_question *q)
{
	return q->nfproto == NFPROTO_IPV6;
}

static void put_way_question(struct nlmsghdr *nlh, const struct way_question *q)
{
	uint8_t len = is_six(q) ? 16 : 4;
	struct rtmsg *rtm;

	nlh->nlmsg_type = RTM_GETROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = is_six(q) ? AF_INET6 : AF_INET;
	rtm->rtm_dst_len = rtm->rtm_src_len = (uint8_t)(len * 8);
	rtm->rtm_tos = is_six(q) ? 0 : q->tos & 0x1c;
	/*
	 * The entry, not what was made of it; IPv4 else says "main" of any table. Of local's
	 * it says so all the same: is_in_local().
	 */
	rtm->rtm_flags = RTM_F_FIB_MATCH | RTM_F_LOOKUP_TABLE;
	mnl_attr_put(nlh, RTA_DST, len, q->dst);
	mnl_attr_put(nlh, RTA_SRC, len, q->src);
	if (q->in)
		mnl_attr_put_u32(nlh, RTA_IIF, q->in);
	if (q->mark)
		mnl_attr_put_u32(nlh, RTA_MARK, q->mark);
	if (!q->in && q->uid != UINT32_MAX)
		mnl_attr_put_u32(nlh, RTA_UID, q->uid);
	if (q->proto == IPPROTO_TCP || q->proto == IPPROTO_UDP)
		mnl_attr_put_u8(nlh, RTA_IP_PROTO, q->proto);
}

/* A gateway of another family than the packet's. */
static void take_via(struct route *r, const struct nlattr *a)
{
	const struct rtvia *via = mnl_attr_get_payload(a);
	size_t len = mnl_attr_get_payload_len(a);

	if (len <= sizeof(*via))
		return;
	len -= sizeof(*via);
	r->has_via = true;
	r->via_family = (uint8_t)via->rtvia_family;
	memcpy(r->via, via->rtvia_addr, len < 16 ? len : 16);
}

static void take_route_attribute(struct route *r, const struct nlattr *a)
{
	switch (mnl_attr_get_type(a)) {
	case RTA_TABLE:
		r->table = mnl_attr_get_u32(a);
		break;
	case RTA_OIF:
		r->out = mnl_attr_get_u32(a);
		break;
	case RTA_DST:
		policy_rule_address(r->dst, a);
		break;
	case RTA_GATEWAY:
		r->has_via = true;
		policy_rule_address(r->via, a);
		break;
	case RTA_VIA:
		take_via(r, a);
		break;
	}
}

static int take_route(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct route *r = arg;
	const struct nlattr *a;

	if (nlh->nlmsg_type != RTM_NEWROUTE)
		return MNL_CB_OK;
	r->found = true;
	r->table = rtm->rtm_table;
	r->type = rtm->rtm_type;
	r->len = rtm->rtm_dst_len;
	r->via_family = rtm->rtm_family;
	mnl_attr_for_each(a, nlh, sizeof(*rtm))
		take_route_attribute(r, a);
	return MNL_CB_STOP;
}

static int take_rule(const struct nlmsghdr *nlh, void *arg)
{
	struct search *s = arg;
	struct policy_rule r;
	enum rule_fits fits;

	if (s->found || s->unsure || !policy_rule_parse(&r, nlh) ||
	    r.priority < s->skip_to)
		return MNL_CB_OK;
	fits = policy_rule_fits(&r, s->q, s->in);
	if (fits == RULE_NOT)
		return MNL_CB_OK;
	if (r.action == FR_ACT_GOTO) {
		s->unsure = fits == RULE_MAYBE;
		s->skip_to = r.target;
		return MNL_CB_OK;
	}
	if (r.action != FR_ACT_TO_TBL || r.table != s->route->table ||
	    (r.suppress >= 0 && s->route->len <= r.suppress))
		return MNL_CB_OK;
	s->unsure = fits == RULE_MAYBE;
	s->found = !s->unsure;
	s->rule = r;
	return MNL_CB_OK;
}

/* One answer, or all parts of a dump.  Return: 0 or -errno, the kernel's as well. */
static int way_converse(struct mnl_socket *nl, struct nlmsghdr *nlh, mnl_cb_t take,
			void *arg)
{
	static char buf[ANSWER] __attribute__((aligned(NLMSG_ALIGNTO)));
	bool dump = nlh->nlmsg_flags & NLM_F_DUMP;
	int more = MNL_CB_OK;

	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		ssize_t n = netlink_receive(mnl_socket_get_fd(nl), buf,
					    sizeof(buf), 0);

		if (n < 0)
			return (int)n;
		more = mnl_cb_run(buf, (size_t)n, 0, 0, take, arg);
	} while (dump && more > MNL_CB_STOP);
	return more < 0 ? -errno : 0;
}

static int ask_route(struct mnl_socket *nl, const struct way_question *q,
		     struct route *r)
{
	char buf[512] __attribute__((aligned(NLMSG_ALIGNTO))) = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	put_way_question(nlh, q);
	return way_converse(nl, nlh, take_route, r);
}

static int take_local(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct local_search *s = arg;
	struct route r = { 0 };

	if (take_route(nlh, &r) != MNL_CB_STOP || r.table != RT_TABLE_LOCAL ||
	    rtm->rtm_dst_len != s->route->len || r.type != s->route->type ||
	    r.out != s->route->out)
		return MNL_CB_OK;
	s->found |= memcmp(r.dst, s->route->dst, sizeof(r.dst)) == 0;
	return MNL_CB_OK;
}

/*
 * While a namespace has no policy rules but the first three, the kernel keeps IPv4's
 * tables local and main in one, and says main of both; an entry that both have is local's.
 * The dump is of table local alone, where the kernel knows strict checking (4.20).
 */
static bool is_in_local(struct mnl_socket *nl, const struct route *r)
{
	char buf[64] __attribute__((aligned(NLMSG_ALIGNTO))) = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct local_search s = { .route = r };
	struct rtmsg *rtm;
	int on = 1;

	nlh->nlmsg_type = RTM_GETROUTE;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = AF_INET;
	rtm->rtm_table = RT_TABLE_LOCAL;
	return setsockopt(mnl_socket_get_fd(nl), SOL_NETLINK,
			  NETLINK_GET_STRICT_CHK, &on, sizeof(on)) == 0 &&
	       way_converse(nl, nlh, take_local, &s) == 0 && s.found;
}

static int ask_rules(struct mnl_socket *nl, struct search *s)
{
	char buf[64] __attribute__((aligned(NLMSG_ALIGNTO))) = { 0 };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct fib_rule_hdr *frh;

	nlh->nlmsg_type = RTM_GETRULE;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	frh = mnl_nlmsg_put_extra_header(nlh, sizeof(*frh));
	frh->family = is_six(s->q) ? AF_INET6 : AF_INET;
	return way_converse(nl, nlh, take_rule, s);
}

static void print_route(const struct route *r, bool six, char *buf, size_t size)
{
	char dst[INET6_ADDRSTRLEN + 4] = "default", via[INET6_ADDRSTRLEN];
	size_t at;

	if (r->len) {
		inet_ntop(six ? AF_INET6 : AF_INET, r->dst, dst, sizeof(dst));
		at = strlen(dst);
		snprintf(dst + at, sizeof(dst) - at, "/%u", r->len);
	}
	inet_ntop(r->via_family, r->via, via, sizeof(via));
	snprintf(buf, size, "%s%s%s", dst, r->has_via ? " via " : "",
		 r->has_via ? via : "");
}

/*
 * "by ip rule 102 fwmark 0x7 lookup 79: default via 10.9.2.2 (asked now)"; where that
 * leads elsewhere: "now it would go out w1, by ip rule ...".
 */
static void print_way(const struct search *s, struct way_found *found)
{
	char by[CAUSE_TEXT], route[128], out[IF_NAMESIZE + 32] = "";
	char name[IF_NAMESIZE], text[sizeof(by) + sizeof(route) + 96];

	print_route(s->route, is_six(s->q), route, sizeof(route));
	if (s->found) {
		policy_rule_print(&s->rule, s->q->nfproto, by, sizeof(by));
	} else {
		policy_table_print(s->route->table, by, sizeof(by));
	}
	if (s->route->out && s->route->out != s->q->out &&
	    if_indextoname(s->route->out, name))
		snprintf(out, sizeof(out), "now it would go out %s, ", name);
	snprintf(text, sizeof(text), "%sby %s %s: %s%s", out,
		 s->found ? "ip rule" : "table", by, route,
		 *out ? "" : " (asked now)");
	/* Longer than any that is in use: half of it would be none. */
	if (strlen(text) < sizeof(found->text))
		strcpy(found->text, text);
	found->by_mark = s->found && s->rule.mask;
}

void way_find(const struct way_question *q, struct way_found *found)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_ROUTE);
	char in[IF_NAMESIZE] = "lo";
	struct route r = { 0 };
	struct search s = { .q = q, .route = &r, .in = in };

	memset(found, 0, sizeof(*found));
	if (nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) == 0 &&
	    (!q->in || if_indextoname(q->in, in)) &&
	    ask_route(nl, q, &r) == 0 && r.found) {
		if (r.table == RT_TABLE_MAIN && r.type != RTN_UNICAST &&
		    !is_six(q) && is_in_local(nl, &r))
			r.table = RT_TABLE_LOCAL;
		/* The entry has the device of the address; what is sent to it goes over lo. */
		if (r.type == RTN_LOCAL)
			r.out = LOOPBACK_IFINDEX;
		if (ask_rules(nl, &s) == 0)
			print_way(&s, found);
	}
	if (nl)
		mnl_socket_close(nl);
}
