/* SPDX-License-Identifier: GPL-2.0-or-later */
/* change: what is different at an event from the one before, and who made it so. */
#ifndef NFTRACE_CHANGE_H
#define NFTRACE_CHANGE_H

#include <stdint.h>

struct event;
struct journey;
struct packet;
struct place;

struct look_end {
	uint8_t addr[16];
	int32_t port;		/* -1: none */
};

/* How a branch looked at its last event.  Compared as bytes: no padding. */
/*
 * The first step that can have changed what the look shows.  A legacy event
 * comes before its rule's target runs, one of nft when its rule is done, but
 * for NAT: that is done when all of the chain is.
 */
struct look_since {
	uint16_t headers, mark, ends;
};

struct look {
	struct look_end src, dst;
	uint32_t mark, in, out, length;
	uint16_t mss;		/* of a SYN, 0: none */
	uint8_t ttl, tos;
	uint32_t hook;
};

/** change_begin - the look of a packet at its first event */
void change_begin(struct journey *j, const struct event *e,
		  const struct packet *p);

/**
 * change_find - compare an event with how its branch looked before
 * @branch: of the event; a new clone's path holds the look of what it is of
 * @p: the event's packet
 *
 * Adds to @j->change, behind the branch's last event.  A change is the rule's
 * of that event when its target can make it; else conntrack's, routing's or
 * forwarding's, as the field and the hooks tell; else its maker is unknown.
 */
void change_find(struct journey *j, unsigned int branch,
		 const struct event *e, const struct place *at,
		 const struct packet *p);

#endif
