/* SPDX-License-Identifier: GPL-2.0-or-later */
/* change_maker: who made it so that a packet is different from the event before. */
#ifndef NFTRACE_CHANGE_MAKER_H
#define NFTRACE_CHANGE_MAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/step.h"

struct journey;
struct packet_view_since;
struct place;
struct step;

/* A field differs; who could have made it so, besides the rule before. */
struct difference {
	struct journey *j;
	const struct step *before;	/* NULL: nothing was shown yet */
	uint16_t step;			/* index of the event that it is shown behind */
	uint32_t end;			/* steps behind these are not this branch's */
	const struct place *at;		/* of the event that shows it */
	const struct packet_view_since *since;
	uint8_t branch;			/* of the event */
	uint8_t way;			/* enum way, between the two events */
};

/* How a packet came from its first hook to the ones behind it. */
enum way {
	WAY_NONE,	/* it did not, or nobody knows */
	WAY_ROUTED,	/* which takes one from the TTL */
	WAY_BRIDGED,	/* which does not */
	WAY_UNTOLD,	/* either */
};

/* Who made a change, and the event behind which it was made. */
struct made {
	uint8_t maker;
	uint16_t step;		/* index in journey.step */
};

/** change_is_end - a source or destination: address and port */
static inline bool change_is_end(uint8_t field)
{
	return field == FIELD_SRC || field == FIELD_DST;
}

/** change_can_be_here - can the event's own rule have done it?  nft tells of a rule behind it */
bool change_can_be_here(const struct difference *d, uint8_t field);

/** change_may_be_rule - may a rule have done it, one that is not known included? */
bool change_may_be_rule(const struct difference *d, uint8_t field);

/**
 * change_find_maker - the one rule that can do this, or whoever does it without a rule
 * @field: enum change_field
 * Return: MAKER_UNKNOWN where it may have been either, or one of two rules.
 */
struct made change_find_maker(const struct difference *d, uint8_t field);

#endif
