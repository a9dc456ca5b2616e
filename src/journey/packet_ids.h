/* SPDX-License-Identifier: GPL-2.0-or-later */
/* packet_ids: what the kernel calls a packet, by a stamp or nft's id, and who has whose. */
#ifndef NFTRACE_PACKET_IDS_H
#define NFTRACE_PACKET_IDS_H

#include <stdbool.h>

#include "capture/event.h"
#include "journey/journey_types.h"
#include "journey/path.h"

struct event;
struct journey;
struct journey_table;
struct observation;
struct path;

/** packet_ids_same_stamp - have journey and event a packet's stamp, and the same one? */
bool packet_ids_same_stamp(const struct journey *j, const struct event *e);

/**
 * packet_ids_settle - the event is @j's; is its stamp or nft's id another's?
 * @path: where @j is
 *
 * Events of legacy tables are found by stamps, those of nft by ids.  Of two
 * packets alike in rules of both one can have got the other's id: that shows
 * when an event can only follow where its name says it does not.  Then the two
 * trade these names, so that each is one packet from there on.
 */
void packet_ids_settle(struct journey_table *table, struct journey *j,
		       const struct path *path, const struct observation *o);

/** packet_ids_are_usual - of a legacy table, with the packet's own stamp: nothing to settle */
static inline bool packet_ids_are_usual(const struct journey *j,
					const struct path *path,
					const struct observation *o)
{
	return !o->e->nft && j->stamp.ns == o->e->stamp_ns &&
	       !path_loops_back(path, o);
}

#endif
