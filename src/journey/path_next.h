/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path_next: which event can come next on a packet's path. */
#ifndef NFTRACE_PATH_NEXT_H
#define NFTRACE_PATH_NEXT_H

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdbool.h>

#include "capture/event.h"
#include "journey/observation.h"
#include "journey/path_types.h"
#include "place/place_types.h"
#include "place/table_order.h"
#include "rules/base/family.h"
#include "rules/legacy/snapshot.h"

struct path_map;

/* Can an event be a packet's next one?  In order: what is strict is relaxed, too. */
enum path_answer {
	PATH_NO,
	PATH_RELAXED,	/* only if events are missing in between */
	PATH_GONE,	/* only if chains of nft that should have seen it are gone */
	PATH_STRICT,	/* with none missing */
};

/** path_meets_rule - is it, by its place, a later rule of the chain that the path is in? */
static inline bool path_meets_rule(const struct path *p, const struct place *at)
{
	if (at->snap != p->last->snap || at->table != p->last->table ||
	    (at->hook != NOT_A_HOOK && at->hook != p->hook))
		return false;
	if (p->chain == SNAP_NONE)
		return true;
	/* nft has no numbers. */
	return at->chain_index == p->chain &&
	       (at->number > p->after || at->backend == EVENT_NFT);
}

/**
 * path_is_next_rule - a later rule of its chain, as most events are: it may follow strictly
 * At one hook nothing comes back over loopback.
 */
static inline bool path_is_next_rule(const struct path *p,
				     const struct observation *o)
{
	return p->state == PATH_IN_CHAIN && o->e->hook == p->hook &&
	       o->at->nfproto == p->last->nfproto && path_meets_rule(p, o->at);
}

/**
 * path_is_next_hook - in the next hook's first table that sees each packet, or before it,
 * and its last one left no table out: it may follow strictly
 * What comes back over loopback is at none of these.
 */
bool path_is_next_hook(const struct path *p, const struct observation *o);

/**
 * path_may_follow - can this be the packet's next event?
 *
 * The predicate of the program.  What a path waits for is in its state: a later
 * rule of its chain, the chain's end, the next table or hook that must see every
 * packet.  What comes back over loopback is asked apart.
 */
enum path_answer path_may_follow(const struct path_map *map,
				 const struct path *p,
				 const struct observation *o);

/**
 * path_may_go_on - the event is of the packet's buffer: can it be the packet's own?
 *
 * The event is, whatever chains are known, unless it is further back on a packet's
 * way: then the packet is gone, and its buffer has become another's.
 */
bool path_may_go_on(const struct path_map *map, const struct path *p,
		    const struct observation *o);

/** path_is_later - is the event further on a packet's way, whatever lies between? */
bool path_is_later(const struct path *p, const struct observation *o);

/**
 * path_leaves_out - must events be missing between the packet's last and this one?
 *
 * Asked where lines of a text may be: of an event that path_may_follow().  A rule
 * without a condition is met by each packet that comes by.
 */
bool path_leaves_out(const struct path_map *map, const struct path *p,
		     const struct observation *o);

/** path_may_copy - can a copy of the packet, seen for the first time, make this event? */
bool path_may_copy(const struct path_map *map, const struct path *p,
		   const struct observation *o);

/** path_is_start - can a packet's first event be here (raw, behind our rules)? */
static inline bool path_is_start(const struct place *at)
{
	/* With nft's trigger the first event is that of our own rule. */
	if (at->backend == EVENT_NFT)
		return at->own && at->kind == PLACE_RULE;
	return at->order == T_RAW && (at->hook == NF_INET_PRE_ROUTING ||
				      at->hook == NF_INET_LOCAL_OUT);
}

/**
 * path_walk - one more event of a pass through one table, all of the same rules
 * @p: zeroed before the first
 * Return: false: it cannot be the next one.
 */
bool path_walk(struct path *p, const struct place *at);

/** path_is_leaving - is the packet at the last hook on its way out that has a table? */
bool path_is_leaving(const struct path_map *map, const struct path *p);

#endif
