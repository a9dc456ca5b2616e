// SPDX-License-Identifier: GPL-2.0-or-later
/* change_maker: who made it so that a packet is different from the event before. */
#include "journey/change_maker.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "journey/journey_types.h"
#include "place/ct_rule.h"
#include "place/place_types.h"

/* The target that can change a field; and who does so without any rule. */
static const struct {
	uint8_t by_rule, else_by;
} makers[] = {
	[FIELD_MARK] = { MANGLE_MARK, MAKER_UNKNOWN },
	[FIELD_SRC] = { MANGLE_SRC, MAKER_CONNTRACK },
	[FIELD_DST] = { MANGLE_DST, MAKER_CONNTRACK },
	[FIELD_TTL] = { MANGLE_TTL, MAKER_UNKNOWN },
	[FIELD_TOS] = { MANGLE_TOS, MAKER_UNKNOWN },
	[FIELD_OUT] = { 0, MAKER_ROUTING },
	[FIELD_IN] = { 0, MAKER_ROUTING },
	/* Helpers of conntrack rewrite what is behind the headers. */
	[FIELD_LENGTH] = { MANGLE_OTHER, MAKER_UNKNOWN },
	[FIELD_MSS] = { MANGLE_OTHER, MAKER_UNKNOWN },
	[FIELD_CTMARK] = { 0, MAKER_CONNTRACK },	/* can_change() */
};

/* Can the rule of this place have made it? */
static bool can_change(const struct place *at, uint8_t field)
{
	if (field == FIELD_CTMARK)
		return at->ct & CT_RULE_SETS_MARK;
	return at->mangles & makers[field].by_rule;
}

static bool not_known(const struct place *at)
{
	return at->state != PLACE_KNOWN;
}

static unsigned int first_step(const struct difference *d, uint8_t field)
{
	if (field == FIELD_MARK || field == FIELD_CTMARK)
		return d->since->mark;
	return change_is_end(field) ? d->since->ends : d->since->headers;
}

/* An event of nft shows what its own rule has done. */
bool change_can_be_here(const struct difference *d, uint8_t field)
{
	return d->at->backend == EVENT_NFT && can_change(d->at, field);
}

/*
 * The rules since the last look whose target can do this.  .step is the last
 * one's; with two that can nobody knows.
 */
static struct made find_rule(const struct difference *d, uint8_t field)
{
	unsigned int rules = 0, kept = journey_kept(d->j);
	bool bit = makers[field].by_rule || field == FIELD_CTMARK;
	struct made made = { .step = d->step };
	bool unsure = not_known(d->at);

	for (unsigned int i = first_step(d, field);
	     bit && d->before && i < d->end; i++) {
		const struct step *s = &d->j->step[i];

		if (s->branch != d->before->branch)
			continue;
		unsure |= not_known(s->place);
		if (can_change(s->place, field)) {
			made.step = (uint16_t)i;
			rules++;
		}
	}
	if (change_can_be_here(d, field) &&
	    !(change_is_end(field) && d->at->nat)) {
		made.step = (uint16_t)kept;
		rules++;
	}
	if (rules == 1)
		made.maker = MAKER_RULE;
	else
		made.maker = rules || unsure ? MAKER_UNKNOWN
					     : makers[field].else_by;
	return made;
}

/* May a rule have done it, one that is not known included? */
bool change_may_be_rule(const struct difference *d, uint8_t field)
{
	if (change_can_be_here(d, field) || not_known(d->at))
		return true;
	for (unsigned int i = first_step(d, field); d->before && i < d->end; i++)
		if (d->j->step[i].branch == d->before->branch &&
		    (not_known(d->j->step[i].place) ||
		     can_change(d->j->step[i].place, field)))
			return true;
	return false;
}

/* The one rule that can do this, or whoever does it without a rule. */
struct made change_find_maker(const struct difference *d, uint8_t field)
{
	/* Between the ports of a bridge nobody routes. */
	if (d->way == WAY_BRIDGED && field == FIELD_OUT)
		return (struct made){ MAKER_BRIDGE, d->step };
	if (d->way == WAY_UNTOLD && (field == FIELD_OUT || field == FIELD_TTL))
		return (struct made){ MAKER_UNKNOWN, d->step };
	/* IPVS does it, and conntrack is only told. */
	if (d->before && d->before->place->hook == NF_INET_LOCAL_IN &&
	    d->at->hook == NF_INET_LOCAL_OUT && change_is_end(field))
		return (struct made){ MAKER_UNKNOWN, d->step };
	/* Rewritten in user space, or by conntrack behind it: not to be told. */
	if (d->before && d->before->place->effect == EFFECT_QUEUE &&
	    change_is_end(field))
		return (struct made){ MAKER_UNKNOWN, d->step };
	return find_rule(d, field);
}
