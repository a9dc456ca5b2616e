// SPDX-License-Identifier: GPL-2.0-or-later
/* loss_source: what routing has against where a packet comes from. */
#include "answers/loss_source.h"

#include <errno.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "answers/inquiry.h"
#include "answers/policy_rules.h"
#include "answers/refusing_rule.h"
#include "answers/route.h"
#include "host/address.h"
#include "host/setting.h"
#include "protocol/ways.h"

static bool source_is_ours(struct inquiry *i)
{
	struct route_question rq = { .nfproto = i->q->nfproto,
				     .dst = i->look.src.addr };
	struct route_answer a;

	if (i->six || route_ask(&rq, &a) < 0 || a.error ||
	    a.type != RTN_LOCAL || setting_either(false, i->in, "accept_local"))
		return false;
	if (i->look.src.addr[0] == 127)
		return inquiry_tell(i, FINDING_LIKELY, "its source %s is a "
				    "loopback address (net.ipv4.conf.%s."
				    "route_localnet)", i->src, i->in);
	return inquiry_tell(i, FINDING_LIKELY, "its source %s is an address of "
			    "this host (net.ipv4.conf.%s.accept_local=0)",
			    i->src, i->in);
}

/* What validates a packet's source asks for the way back from its destination. */
struct way_back {
	bool goes_on;		/* there is a way to its destination */
	bool known;
	struct route_answer a;
};

/* fib_validate_source(), by the kernel: whom it refuses it does not say. */
static bool is_refused(const struct inquiry *i)
{
	struct route_question rq = {
		.nfproto = i->q->nfproto, .proto = i->q->proto, .tos = i->look.tos,
		.in = i->look.in, .mark = i->look.mark,
		.src = i->look.src.addr, .dst = i->look.dst.addr,
	};
	struct route_answer a;

	/* -EXDEV before Linux 6.14. */
	return route_ask(&rq, &a) == 0 && (a.error == -EXDEV || a.error == -EINVAL);
}

/*
 * Of what is for this host, from its address; else as if the answer came in where the
 * packet was to go out: the kernel may refuse to say that.
 */
static struct way_back find_way_back(const struct inquiry *i, uint32_t mark)
{
	struct route_question there = { .nfproto = i->q->nfproto, .proto = i->q->proto,
					.tos = i->look.tos, .mark = i->look.mark,
					.dst = i->look.dst.addr };
	struct route_question rq = { .nfproto = i->q->nfproto, .proto = i->q->proto,
				     .tos = i->look.tos, .mark = mark,
				     .src = i->look.dst.addr,
				     .dst = i->look.src.addr };
	struct way_back back = { .known = false };
	struct route_answer to;

	back.goes_on = route_ask(&there, &to) == 0 && !to.error;
	if (!back.goes_on)
		return back;
	rq.in = to.type == RTN_UNICAST ? to.out : 0;
	if (route_ask(&rq, &back.a) == 0)
		back.known = back.a.error != -EXDEV && back.a.error != -EINVAL;
	return back;
}

static bool is_through(const struct inquiry *i, const struct way_back *back)
{
	return back->known && !back->a.error && back->a.out == i->look.in;
}

/* Would the packet's mark choose the right way back, if it were asked for? */
static bool mark_is_missed(struct inquiry *i, bool marked)
{
	struct way_back back;

	if (marked || !i->look.mark)
		return false;
	back = find_way_back(i, i->look.mark);
	return is_through(i, &back) &&
	       inquiry_tell(i, FINDING_LIKELY, "rp_filter of %s: the route "
			    "back to %s is through it only with the mark 0x%x "
			    "(net.ipv4.conf.%s.src_valid_mark=0)", i->in,
			    i->src, i->look.mark, i->in);
}

/* An ip rule has said so, and no route. */
static bool rule_refuses_back(struct inquiry *i, const struct way_back *back,
			      uint32_t mark, long mode)
{
	struct way_question q = {
		.mark = mark, .uid = UINT32_MAX, .nfproto = i->q->nfproto,
		.proto = i->q->proto, .tos = i->look.tos,
	};
	struct refusing_rule r;

	memcpy(q.src, i->look.dst.addr, sizeof(q.src));
	memcpy(q.dst, i->look.src.addr, sizeof(q.dst));
	return back->known && back->a.error &&
	       refusing_rule_find(&r, &q, "lo", back->a.error) &&
	       inquiry_tell(i, FINDING_LIKELY, "rp_filter=%ld of %s: ip rule %s "
			    "refuses the way back to %s", mode, i->in, r.text,
			    i->src);
}

static bool tell_rp_filter(struct inquiry *i, const struct way_back *back, long mode)
{
	if (back->known && back->a.error == -ENETUNREACH)
		return inquiry_tell(i, FINDING_LIKELY, "rp_filter=%ld of %s: "
				    "there is no route back to %s", mode,
				    i->in, i->src);
	if (mode != 1 || (back->known && back->a.error))
		return inquiry_tell(i, FINDING_LIKELY, "rp_filter=%ld of %s: "
				    "no route leads back to %s", mode, i->in,
				    i->src);
	return inquiry_tell(i, FINDING_LIKELY, "rp_filter=1 of %s: the route "
			    "back to %s is not through it", i->in, i->src);
}

/* __fib_validate_source(): an interface without an address takes nothing on another's. */
static bool has_no_address(struct inquiry *i, long mode)
{
	struct address_count n;

	return mode != 1 && address_count(false, i->look.in, &n) == 0 && !n.here &&
	       inquiry_tell(i, FINDING_LIKELY, "rp_filter=%ld of %s, which has no "
			    "address: the route back to %s is not through it",
			    mode, i->in, i->src);
}

/* Reverse path: RFC 3704; 1: by the same interface, 2: by any. */
static bool fails_rp_filter(struct inquiry *i)
{
	long here = setting_of(i->six, i->in, "rp_filter");
	long all = setting_of(i->six, "all", "rp_filter");
	long mode = here > all ? here : all;
	bool marked = setting_either(false, i->in, "src_valid_mark");
	uint32_t mark = marked ? i->look.mark : 0;
	struct way_back back;

	/* Where it is to go, and by its ports, the way back may be another. */
	if (i->six || mode <= 0 || !i->look.in || !i->dst_known ||
	    policy_rules_ask_more(i->six) || !is_refused(i))
		return false;
	back = find_way_back(i, mark);
	if (!back.goes_on || is_through(i, &back))
		return false;
	if (mark_is_missed(i, marked) || rule_refuses_back(i, &back, mark, mode))
		return true;
	if (back.known && !back.a.error && mode != 1)
		return has_no_address(i, mode);
	return tell_rp_filter(i, &back, mode);
}

/* ip_route_input_slow() looks at that first of all. */
static bool source_is_nobodys(struct inquiry *i)
{
	uint8_t first = i->look.src.addr[0];

	return !i->six && (!first || first >= 224) &&
	       inquiry_tell(i, FINDING_LIKELY, "its source %s is no address of one "
			    "host", i->src);
}

bool loss_source_explain(struct inquiry *i)
{
	return source_is_nobodys(i) || source_is_ours(i) || fails_rp_filter(i);
}

bool loss_source_is_of_link(struct inquiry *i)
{
	const uint8_t *a = i->look.src.addr;

	return i->six && a[0] == 0xfe && (a[1] & 0xc0) == 0x80 &&
	       inquiry_tell(i, FINDING_LIKELY, "its source %s is of this link "
			    "alone: it is not forwarded", i->src);
}
