// SPDX-License-Identifier: GPL-2.0-or-later
/* loss_source: what routing has against where a packet comes from. */
#include "answers/loss_source.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include <linux/rtnetlink.h>

#include "answers/inquiry.h"
#include "answers/policy_rules.h"
#include "answers/route.h"
#include "host/setting.h"

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

static bool way_back(const struct inquiry *i, uint32_t mark,
		     struct route_answer *a)
{
	struct route_question rq = { .nfproto = i->q->nfproto,
				     .proto = i->q->proto, .mark = mark,
				     .dst = i->look.src.addr };

	return route_ask(&rq, a) == 0;
}

/* Would the packet's mark choose the right way back, if it were asked for? */
static bool mark_is_missed(struct inquiry *i, bool marked)
{
	struct route_answer a;

	return !marked && i->look.mark &&
	       way_back(i, i->look.mark, &a) && !a.error &&
	       a.out == i->look.in &&
	       inquiry_tell(i, FINDING_LIKELY, "rp_filter of %s: the route "
			    "back to %s is through it only with the mark 0x%x "
			    "(net.ipv4.conf.%s.src_valid_mark=0)", i->in,
			    i->src, i->look.mark, i->in);
}

/* Reverse path: RFC 3704; 1: by the same interface, 2: by any. */
static bool fails_rp_filter(struct inquiry *i)
{
	long here = setting_of(i->six, i->in, "rp_filter");
	long all = setting_of(i->six, "all", "rp_filter");
	long mode = here > all ? here : all;
	bool marked = setting_either(false, i->in, "src_valid_mark");
	struct route_answer a;

	if (i->six || mode <= 0 ||
	    !way_back(i, marked ? i->look.mark : 0, &a) ||
	    (!a.error && (mode != 1 || a.out == i->look.in)))
		return false;
	/* By its ports the way back may be another. */
	if (policy_rules_ask_more(i->six))
		return false;
	if (mark_is_missed(i, marked))
		return true;
	if (a.error)
		return inquiry_tell(i, FINDING_LIKELY, "rp_filter=%ld of %s: "
				    "there is no route back to %s", mode,
				    i->in, i->src);
	return inquiry_tell(i, FINDING_LIKELY, "rp_filter=1 of %s: the route "
			    "back to %s is not through it", i->in, i->src);
}

bool loss_source_explain(struct inquiry *i)
{
	return source_is_ours(i) || fails_rp_filter(i);
}

bool loss_source_is_of_link(struct inquiry *i)
{
	const uint8_t *a = i->look.src.addr;

	return i->six && a[0] == 0xfe && (a[1] & 0xc0) == 0x80 &&
	       inquiry_tell(i, FINDING_LIKELY, "its source %s is of this link "
			    "alone: it is not forwarded", i->src);
}
