/* SPDX-License-Identifier: GPL-2.0-or-later */
/* associate_id: which events are a journey's because nft's id says so. */
#ifndef NFTRACE_ASSOCIATE_ID_H
#define NFTRACE_ASSOCIATE_ID_H

#include <stdbool.h>

struct journey;
struct observation;
struct path_map;

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
