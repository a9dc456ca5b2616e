/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slots: which hooks, tables and base chains a packet has before it yet. */
#ifndef NFTRACE_SLOTS_H
#define NFTRACE_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/path_types.h"
#include "place/path_map.h"
#include "place/place_types.h"
#include "rules/base/family.h"

/** slots_family - family_index() of a place */
static inline unsigned int slots_family(const struct place *at)
{
	return family_index_by_nfproto(at->nfproto);
}

/** slots_hook - the hook in the place's family; @hook: NF_INET_* */
static inline const struct path_hook *slots_hook(const struct path_map *map,
						 const struct place *at,
						 unsigned int hook)
{
	return &map->hook[slots_family(at)][hook];
}

/** slots_have_later - are there more to come for certain, whatever nat does, or too many to tell? */
static inline bool slots_have_later(const struct path_map *map,
				    const struct path *p)
{
	const struct path_hook *h = slots_hook(map, p->last, p->hook);

	return h->overflow || h->must_later;
}

/**
 * slots_expected - slots of @hook that see every packet, a bit each
 * But witnesses, where these may have been gone before the packet.
 */
static inline uint64_t slots_expected(const struct path_map *map,
				      const struct path *p, unsigned int hook)
{
	uint64_t must = slots_hook(map, p->last, hook)->must;

	return p->excused ? must & ~map->witness[slots_family(p->last)][hook]
			  : must;
}

/**
 * slots_hooks_after - hooks at which a packet can turn up next, a bit each
 *
 * A packet that comes back over loopback has its route since OUTPUT: it is for
 * this host.
 */
static inline uint8_t slots_hooks_after(const struct path *p)
{
	if (p->hook == NF_INET_PRE_ROUTING && p->born_local)
		return BIT(NF_INET_LOCAL_IN);
	return path_next_hooks[p->hook];
}

/** slots_by_table - the slot of the table that a packet is in */
uint8_t slots_by_table(const struct path_map *map, const struct path *p);

/** slots_here - the slot that a packet is in; in a user chain joined from nowhere: its table's */
static inline uint8_t slots_here(const struct path_map *map,
				 const struct path *p)
{
	return p->slot != SLOT_NONE ? p->slot : slots_by_table(map, p);
}

/**
 * slots_after - slots of its hook that may still see a packet, a bit each
 * Those of one priority may come in either order: no dump shows which.
 */
static inline uint64_t slots_after(const struct path_map *map,
				   const struct path *p)
{
	uint8_t slot = slots_here(map, p);

	if (slot == SLOT_NONE)
		return 0;
	return ~slots_hook(map, p->last, p->hook)->below[slot] &
	       ~(p->seen | BIT64(slot));
}

/** slots_must_see - slots of its hook that will see a packet for certain, a bit each */
static inline uint64_t slots_must_see(const struct path_map *map,
				      const struct path *p)
{
	uint8_t slot = slots_here(map, p);

	return slot == SLOT_NONE ? 0 :
		slots_expected(map, p, p->hook) &
		~slots_hook(map, p->last, p->hook)->upto[slot];
}

/** slots_before - slots that see a packet for certain before this builtin chain */
static inline uint64_t slots_before(const struct path_map *map,
				    const struct place *at)
{
	const struct path_hook *h = slots_hook(map, at, at->hook);

	return at->slot == SLOT_NONE ? h->must : h->must & h->below[at->slot];
}

#endif
