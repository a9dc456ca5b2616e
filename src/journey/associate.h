/* SPDX-License-Identifier: GPL-2.0-or-later */
/* associate: which journey an event belongs to, by all that the kernel tells. */
#ifndef NFTRACE_ASSOCIATE_H
#define NFTRACE_ASSOCIATE_H

#include <stdbool.h>

#include "journey/journey_types.h"

struct journey;
struct journey_table;
struct observation;
struct path_map;

struct candidate {
	struct journey *j;	/* NULL: the event begins a journey */
	unsigned int branch;
	bool copy;		/* .branch is a copy seen for the first time */
	bool only;		/* of its key there is no other, and associate_is_plain() */
};

/** associate_is_plain - of one branch, complete, and not to be taken for another's */
static inline bool associate_is_plain(const struct journey *j)
{
	return j->branches == 1 &&
	       !(j->flags & (JOURNEY_GAP | JOURNEY_COPIES | JOURNEY_TIED));
}

/**
 * associate_find - the journey under way that the event belongs to
 * @map: which tables are where
 * @stamps: the kernel is known to stamp packets on receipt
 *
 * When several fit equally well, they are tied: ambiguity.h.
 */
struct candidate associate_find(const struct journey_table *table,
				const struct path_map *map,
				const struct observation *o, bool stamps);

/**
 * associate_find_blind - the same for an event that shows too little of its packet
 *
 * nft copies neither IPv6's extensions nor anything of a later fragment: among
 * packets of that kind the one that can be at this point.
 */
struct candidate associate_find_blind(const struct journey_table *table,
				      const struct path_map *map,
				      const struct observation *o);

#endif
