/* SPDX-License-Identifier: GPL-2.0-or-later */
/* associate: which journey an event belongs to, by all that the kernel tells. */
#ifndef NFTRACE_ASSOCIATE_H
#define NFTRACE_ASSOCIATE_H

#include <stdbool.h>

struct journey;
struct journey_table;
struct observation;
struct path_map;

struct candidate {
	struct journey *j;	/* NULL: the event begins a journey */
	unsigned int branch;
	bool copy;		/* .branch is a copy seen for the first time */
};

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

/**
 * associate_follows - is the event the next one of this journey?
 * @branch: set to which branch of it
 * For events that the kernel's id gives to @j, and nothing else can.
 */
bool associate_follows(const struct path_map *map, const struct journey *j,
		       const struct observation *o, unsigned int *branch);

/**
 * associate_is_name - is the id proof that the event, with its headers, is @j's?
 * Not where legacy events were shared out by likeness, or where copies have ids
 * of their own.
 */
bool associate_is_name(const struct journey *j, const struct observation *o);

/**
 * associate_is_unread - the same, of an event that could be a packet's first
 * While the packet is in chains that are not read yet (another run's), nobody knows
 * which of the same hook come behind them: the run's own rules may.
 */
bool associate_is_unread(const struct journey *j, const struct observation *o);

#endif
