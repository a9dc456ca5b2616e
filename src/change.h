/* SPDX-License-Identifier: GPL-2.0-or-later */
/* change: what is different at an event from the one before, and who made it so. */
#ifndef NFTRACE_CHANGE_H
#define NFTRACE_CHANGE_H

struct event;
struct journey;
struct packet;
struct place;

/**
 * change_find - compare an event with what the journey holds so far
 * @branch: of the event; its path is already advanced
 * @p: the event's packet
 *
 * Adds to @j->change.  A change is the rule's at whose event it was last seen
 * as before, when that rule's target can make it; else conntrack's, routing's
 * or forwarding's, as the field and the hooks tell; else its maker is unknown.
 */
void change_find(struct journey *j, unsigned int branch,
		 const struct event *e, const struct place *at,
		 const struct packet *p);

#endif
