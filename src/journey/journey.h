/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journey: all events of one packet in order, and what changed on the way. */
#ifndef NFTRACE_JOURNEY_H
#define NFTRACE_JOURNEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "journey/journey_types.h"
#include "journey/path.h"

struct observation;
struct place;

/**
 * journey_is_bare - the packet matched, and no event of its journey is to be shown
 *
 * With rules in raw that cannot be: raw's own policy is an event.
 */
bool journey_is_bare(const struct journey *j);

/** journey_is_link - has no hook of IP seen it, only rules of bridge, netdev or ingress? */
static inline bool journey_is_link(const struct journey *j)
{
	return j->path[0].link;
}

/** journey_met_nothing - bare because no chain was there; asked when the fates are found */
bool journey_met_nothing(const struct journey *j);

/**
 * journey_new - memory for a journey, which journey_begin() begins
 * @snaplen: bytes kept of the packet at most, not 0
 * Return: freed with journey_free(); NULL: no memory.
 */
struct journey *journey_new(uint32_t snaplen);

/** journey_free - with all that was kept of its packet; NULL is nothing */
void journey_free(struct journey *j);

/** journey_begin - the first event, for which journey_record() has to follow, too */
void journey_begin(struct journey *j, const struct observation *o);

/** journey_add_branch - a path and a zeroed fate more; the path is not filled.  NULL: no memory */
struct path *journey_add_branch(struct journey *j);

/** journey_add_copy - the event is the first of a copy, branch .branches - 1; false: no memory */
bool journey_add_copy(struct journey *j, const struct observation *o);

/** journey_record - put one event down as what @branch did */
void journey_record(struct journey *j, unsigned int branch,
		    const struct observation *o);

/**
 * journey_arrive - what began outside IP's hooks is at one of them: its first event there
 *
 * journey_record() has to follow.
 */
void journey_arrive(struct journey *j, const struct observation *o);

/**
 * journey_link - the packet, or a copy, meets a rule outside IP's hooks on its way
 * @o: of nft, not told by journey_record()
 */
void journey_link(struct journey *j, const struct observation *o);

/** journey_each_place - all places that the journey points to, some of them more than once */
void journey_each_place(const struct journey *j,
			void (*fn)(void *arg, const struct place *at),
			void *arg);

#endif
