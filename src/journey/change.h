/* SPDX-License-Identifier: GPL-2.0-or-later */
/* change: what is different at an event from the one before, and who made it so. */
#ifndef NFTRACE_CHANGE_H
#define NFTRACE_CHANGE_H

#include "journey/journey_types.h"
#include "journey/step.h"

struct observation;

/** change_maker_word - "rule", ...; change_field_word - "mark", ... */
const char *change_maker_word(enum change_maker m);
const char *change_field_word(enum change_field f);

/** change_begin - the look of a packet at its first event */
void change_begin(struct journey *j, const struct observation *o);

/**
 * change_find - compare an event with how its branch looked before
 * @branch: of the event; a new copy's path holds the look of what it is of
 *
 * Adds to @j->change, behind the branch's last event.  A change is the rule's
 * of that event when its target can make it; else conntrack's, routing's or
 * forwarding's, as the field and the hooks tell; else its maker is unknown.
 */
void change_find(struct journey *j, unsigned int branch,
		 const struct observation *o);

/** change_none - the same for a legacy event that tells nothing new but its rule */
static inline void change_none(struct journey *j, struct path *p)
{
	uint16_t here = (uint16_t)journey_kept(j);

	p->look.since = (struct packet_view_since){ here, here, here };
}

#endif
