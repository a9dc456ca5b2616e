// SPDX-License-Identifier: GPL-2.0-or-later
/* loss_route: what routing and forwarding have against a packet that no rule dropped. */
#include "answers/loss_route.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/rtnetlink.h>

#include "answers/inquiry.h"
#include "answers/loss_bridge.h"
#include "answers/loss_source.h"
#include "answers/policy_rules.h"
#include "answers/refusing_rule.h"
#include "answers/route.h"
#include "capture/event.h"
#include "host/flow.h"
#include "host/group.h"
#include "host/ipsec.h"
#include "host/setting.h"
#include "protocol/ways.h"

static const char *family(const struct inquiry *i)
{
	return i->six ? "ipv6" : "ipv4";
}

static void name_destination(struct inquiry *i, const char *since)
{
	char addr[INET6_ADDRSTRLEN];

	inet_ntop(i->six ? AF_INET6 : AF_INET, i->look.dst.addr, addr,
		  sizeof(addr));
	snprintf(i->dst, sizeof(i->dst), "%s (its destination since %.*s)",
		 addr, CAUSE_SINCE, since);
}

/* Nat of a connection that is known needs no rule, and makes no event. */
static void ask_conntrack(struct inquiry *i)
{
	const struct packet_view *l = &i->q->look;
	struct flow_packet p = {
		.six = i->six, .proto = i->q->proto, .src = l->src.addr,
		.dst = l->dst.addr, .sport = (uint16_t)l->src.port,
		.dport = (uint16_t)l->dst.port,
	};
	uint8_t dst[16] = { 0 };

	switch (flow_destination(&p, dst)) {
	case FLOW_THERE:
		if (memcmp(dst, l->dst.addr, sizeof(dst)) == 0)
			break;
		memcpy(i->look.dst.addr, dst, sizeof(dst));
		name_destination(i, "conntrack's nat");
		break;
	case FLOW_UNKNOWN:
		i->dst_known = false;
		break;
	case FLOW_NONE:
		break;
	}
}

static void find_destination(struct inquiry *i)
{
	if (i->q->dst == CAUSE_DST_TOLD)
		name_destination(i, i->q->since);
	else if (i->q->dst == CAUSE_DST_OPEN)
		ask_conntrack(i);
}

/* ip_route_input_slow(): from elsewhere nobody gets to 127.0.0.0/8. */
static bool is_loopback(struct inquiry *i)
{
	return !i->six && i->look.dst.addr[0] == 127 &&
	       !setting_either(false, i->in, "route_localnet") &&
	       inquiry_tell(i, FINDING_LIKELY, "%s is a loopback address "
			    "(net.ipv4.conf.%s.route_localnet=0)", i->dst,
			    i->in);
}

/* rt6_need_strict(): IPv6 has no setting for that. */
static bool is_loopback_6(struct inquiry *i)
{
	return i->six &&
	       memcmp(i->look.dst.addr, &in6addr_loopback, sizeof(in6addr_loopback)) == 0 &&
	       i->look.in != LOOPBACK_IFINDEX &&
	       inquiry_tell(i, FINDING_LIKELY, "%s is the loopback address: what "
			    "came in by another interface than lo does not get there",
			    i->dst);
}

static bool is_local(const struct inquiry *i)
{
	struct route_question rq = { .nfproto = i->q->nfproto,
				     .proto = i->q->proto,
				     .mark = i->look.mark,
				     .dst = i->look.dst.addr };
	struct route_answer a;

	return route_ask(&rq, &a) == 0 && !a.error &&
	       (a.type == RTN_LOCAL || a.type == RTN_BROADCAST);
}

static bool forwarding_is_off(struct inquiry *i)
{
	/* IPv4 asks the interface; IPv6 the host, or force_forwarding. */
	if (is_local(i) ||
	    setting_of(i->six, i->six ? "all" : i->in, "forwarding"))
		return false;
	if (i->six && setting_of(true, i->in, "force_forwarding") > 0)
		return false;
	return inquiry_tell(i, FINDING_LIKELY, "forwarding is off "
			    "(net.%s.conf.%s.forwarding=0)", family(i),
			    i->six ? "all" : i->in);
}

/* An ip rule has said so, of what type the route is that would have been said of else. */
static bool rule_refuses(struct inquiry *i, int error)
{
	struct way_question q = {
		.mark = i->look.mark, .uid = UINT32_MAX, .in = i->look.in,
		.nfproto = i->q->nfproto, .proto = i->q->proto, .tos = i->look.tos,
	};
	bool sent = i->look.hook == NF_INET_LOCAL_OUT;
	struct refusing_rule r;
	bool by_route;

	if (sent)
		q.in = 0;
	memcpy(q.src, i->look.src.addr, sizeof(q.src));
	memcpy(q.dst, i->look.dst.addr, sizeof(q.dst));
	if (!refusing_rule_find(&r, &q, sent ? "lo" : i->in, error))
		return false;
	by_route = !r.alone && error != -ENETUNREACH;
	return inquiry_tell(i, FINDING_LIKELY, "ip rule %s refuses it%s%s", r.text,
			    by_route ? ", or a route of that type to " : "",
			    by_route ? i->dst : "");
}

static bool no_way(struct inquiry *i, int error)
{
	/* By those ports, or of that user, there may be a way. */
	if (!error || policy_rules_ask_more(i->six))
		return false;
	if (rule_refuses(i, error))
		return true;
	switch (error) {
	case -EACCES:
		return inquiry_tell(i, FINDING_LIKELY, "the route to %s is of "
				    "type prohibit", i->dst);
	case -EHOSTUNREACH:
		return inquiry_tell(i, FINDING_LIKELY, "the route to %s is of "
				    "type unreachable", i->dst);
	case -EINVAL:
		return inquiry_tell(i, FINDING_LIKELY, "routing refuses it: a "
				    "blackhole route to %s, or an address that "
				    "cannot be there", i->dst);
	default:
		return inquiry_tell(i, FINDING_LIKELY, "there is no route to "
				    "%s", i->dst);
	}
}

/* An interface takes both settings, its own and that of all. */
static bool has_source_route(struct inquiry *i)
{
	if (!(i->q->flags & CAUSE_SOURCE_ROUTE) ||
	    (setting_of(false, i->in, "accept_source_route") > 0 &&
	     setting_of(false, "all", "accept_source_route") > 0))
		return false;
	return inquiry_tell(i, FINDING_LIKELY, "it has a source route, and "
			    "net.ipv4.conf.%s.accept_source_route or that of "
			    "all is 0", i->in);
}

/* What came in a frame for many is not forwarded: ip_forward(). */
static bool was_sent_to_all(struct inquiry *i, uint8_t type)
{
	if (!(i->q->flags & CAUSE_TO_ALL))
		return false;
	if (type == RTN_UNICAST)
		return inquiry_tell(i, FINDING_LIKELY, "its frame was sent to "
				    "many (broadcast or multicast): such is "
				    "not forwarded");
	return type == RTN_LOCAL &&
	       setting_either(i->six, i->in, "drop_unicast_in_l2_multicast") &&
	       inquiry_tell(i, FINDING_LIKELY, "its frame was sent to many "
			    "(net.%s.conf.%s.drop_unicast_in_l2_multicast=1)",
			    family(i), i->in);
}

static bool ipsec_refuses(struct inquiry *i)
{
	static const char *const words[] = {
		[IPSEC_NOTHING] = NULL,
		[IPSEC_BLOCKED] = "a policy of xfrm (IPsec) blocks it",
		[IPSEC_NO_STATE] = "a policy of xfrm (IPsec) wants it "
				   "encrypted, and there is no state for that",
		[IPSEC_NOT_PLAIN] = "a policy of xfrm (IPsec) lets only what "
				    "came encrypted be forwarded",
	};
	struct ipsec_packet p = {
		.six = i->six, .proto = i->q->proto, .src = i->look.src.addr,
		.dst = i->look.dst.addr,
	};
	const char *word = words[ipsec_look(&p)];

	return word && inquiry_tell(i, FINDING_LIKELY, "%s", word);
}

static bool too_long(struct inquiry *i, uint32_t out)
{
	struct ifreq ifr;

	return inquiry_interface(out, SIOCGIFMTU, &ifr) &&
	       (i->q->flags & CAUSE_WHOLE || i->six) &&
	       i->look.length > (uint32_t)ifr.ifr_mtu &&
	       inquiry_tell(i, FINDING_LIKELY, "it is longer than the MTU of "
			    "%s (%d) and must not be fragmented",
			    ifr.ifr_name, ifr.ifr_mtu);
}

/* What ip_forward() looks at, in its order. */
static void explain_forwarding(struct inquiry *i, uint32_t out)
{
	if (i->look.ttl <= 1)
		inquiry_tell(i, FINDING_LIKELY, "its %s of %u ran out",
			     i->six ? "hop limit" : "ttl", i->look.ttl);
	else if (!ipsec_refuses(i))
		too_long(i, out);
}

/* ip_mr_forward(): by each way out whose threshold it exceeds. */
static bool group_is_routed(struct inquiry *i)
{
	if (setting_of(i->six, i->in, "mc_forwarding") <= 0)
		return false;
	if (i->look.ttl <= 1)
		inquiry_tell(i, FINDING_LIKELY, "its %s of %u ran out: no group is "
			     "sent on with that", i->six ? "hop limit" : "ttl",
			     i->look.ttl);
	return true;
}

static void explain_group(struct inquiry *i)
{
	if (!i->six && group_refuses(i->look.dst.addr, i->look.src.addr, i->look.in))
		inquiry_tell(i, FINDING_NOT_OURS, "%s: group %s is joined on "
			     "%s for other sources only", FATE_NOT_OURS, i->dst,
			     i->in);
	else if (group_look(i->six, i->look.dst.addr, i->in) == GROUP_NOT_JOINED &&
		 !group_is_routed(i))
		inquiry_tell(i, FINDING_NOT_OURS, "%s: group %s is not joined "
			     "on %s", FATE_NOT_OURS, i->dst, i->in);
}

/* Behind PREROUTING. */
static void explain_no_input(struct inquiry *i)
{
	const struct packet_view *l = &i->look;
	struct route_question rq = {
		.nfproto = i->q->nfproto, .proto = i->q->proto,
		.tos = l->tos, .in = l->in,
		.mark = l->mark, .src = l->src.addr, .dst = l->dst.addr,
	};
	struct route_answer a;

	if (!i->dst_known) {
		loss_source_explain(i);
		return;
	}
	if (loss_bridge_explains(i))
		return;
	if (group_is(i->six, l->dst.addr)) {
		explain_group(i);
		return;
	}
	if (is_loopback(i) || is_loopback_6(i) || loss_source_explain(i) ||
	    forwarding_is_off(i) ||
	    route_ask(&rq, &a) < 0 || no_way(i, a.error) ||
	    was_sent_to_all(i, a.type) || has_source_route(i) ||
	    (a.type == RTN_UNICAST && loss_source_is_of_link(i)))
		return;
	if (a.type == RTN_UNICAST || a.error)
		explain_forwarding(i, a.out);
	else if (i->q->flags & CAUSE_FRAGMENT)
		inquiry_tell(i, FINDING_LIKELY, "it is a fragment, which waited "
			     "for the others, or went on as part of the whole");
}

static void explain_output(struct inquiry *i)
{
	const struct packet_view *l = &i->look;
	struct route_question rq = {
		.nfproto = i->q->nfproto, .proto = i->q->proto,
		.tos = l->tos, .mark = l->mark,
		.dst = l->dst.addr,
	};
	struct route_answer a;

	if (i->dst_known && route_ask(&rq, &a) == 0)
		no_way(i, a.error);
}

void loss_route_explain(struct inquiry *i)
{
	if (i->look.hook != NF_INET_PRE_ROUTING &&
	    i->look.hook != NF_INET_LOCAL_OUT)
		return;
	find_destination(i);
	if (i->look.hook == NF_INET_PRE_ROUTING)
		explain_no_input(i);
	else
		explain_output(i);
}

void loss_route_explain_tproxy(struct inquiry *i)
{
	struct packet_view *l = &i->look;
	struct route_question rq = {
		.nfproto = i->q->nfproto, .proto = i->q->proto,
		.tos = l->tos, .in = l->in,
		.mark = l->mark, .src = l->src.addr, .dst = l->dst.addr,
	};
	struct route_answer a;

	if (route_ask(&rq, &a) == 0 && (a.error || a.type != RTN_LOCAL))
		inquiry_tell(i, FINDING_LIKELY, "something listens on port %u, "
			     "but no ip rule leads mark 0x%x to a route of "
			     "type local", i->q->number, l->mark);
	else
		loss_route_explain(i);
}
