/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slots: which hooks, tables and base chains a packet has before it yet. */
#ifndef NFTRACE_SLOTS_H
#define NFTRACE_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "place/path_map.h"
#include "place/place_types.h"
#include "rules/base/family.h"

struct path;

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

/**
 * slots_expected - slots of @hook that see every packet, a bit each
 * But witnesses, where these may have been gone before the packet.
 */
uint64_t slots_expected(const struct path_map *map, const struct path *p,
			unsigned int hook);

/**
 * slots_hooks_after - hooks at which a packet can turn up next, a bit each
 *
 * A packet that comes back over loopback has its route since OUTPUT: it is for
 * this host.
 */
uint8_t slots_hooks_after(const struct path *p);

/** slots_here - the slot that a packet is in; in a user chain joined from nowhere: its table's */
uint8_t slots_here(const struct path_map *map, const struct path *p);

/** slots_after - slots of its hook that may still see a packet, a bit each */
uint64_t slots_after(const struct path_map *map, const struct path *p);

/** slots_must_see - slots of its hook that will see a packet for certain, a bit each */
uint64_t slots_must_see(const struct path_map *map, const struct path *p);

/** slots_before - slots that see a packet for certain before this builtin chain */
uint64_t slots_before(const struct path_map *map, const struct place *at);

#endif
