/* SPDX-License-Identifier: GPL-2.0-or-later */
/* links: packets that rules of nft have seen outside IP's hooks, and none at them yet. */
#ifndef NFTRACE_LINKS_H
#define NFTRACE_LINKS_H

#include <stdbool.h>
#include <stdint.h>

struct journey;
struct observation;

/* More of them, and the oldest is over; as many as can be on CPUs, and some. */
enum { LINKS_MAX = 128, LINKS_FRAMES = 64 };

/*
 * Journeys that are in no table: a packet at ingress, or in a bridge.  It comes to
 * IP's hooks, under the same trace id or as the same bytes, or is silent for good.
 */
struct links {
	struct journey *oldest, *newest;	/* by .links.newer, .older */
	uint32_t count;
	/* Trace ids of frames that are no IP (arp), by their low bits. */
	uint32_t frame[LINKS_FRAMES];
};

/** links_close - free all that are in it */
void links_close(struct links *ls);

/** links_add - one more, begun by journey_begin(); its path's trace id is the event's */
void links_add(struct links *ls, struct journey *j);

/** links_remove - it is over, or has come to IP's hooks: the caller's */
void links_remove(struct links *ls, struct journey *j);

/** links_find - which has this trace id?  NULL: none */
struct journey *links_find(const struct links *ls, uint32_t id);

/**
 * links_is_next - can an event with headers be the next one of a packet?
 *
 * The same packet does not meet one base chain twice.
 */
bool links_is_next(const struct journey *j, const struct observation *o);

/** links_has - does the trace id tell that this is the first event of one at IP's hooks? */
bool links_has(const struct links *ls, const struct observation *o);

/**
 * links_claim - whose first event at IP's hooks is this?  It is removed
 *
 * One that cannot be told from another is marked as ambiguous.
 * Return: NULL: nobody's.
 */
struct journey *links_claim(struct links *ls, const struct observation *o);

#endif
