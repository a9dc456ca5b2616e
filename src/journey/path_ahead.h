/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path_ahead: which hooks, tables and base chains a packet has before it yet. */
#ifndef NFTRACE_PATH_AHEAD_H
#define NFTRACE_PATH_AHEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "place/path_map.h"
#include "place/place_types.h"
#include "rules/base/family.h"

struct path;

/** path_family - family_index() of a place */
static inline unsigned int path_family(const struct place *at)
{
	return family_index_by_nfproto(at->nfproto);
}

/** path_hook_of - the hook in the place's family */
static inline const struct path_hook *path_hook_of(const struct path_map *map,
						   const struct place *at,
						   unsigned int hook)
{
	return &map->hook[path_family(at)][hook];
}

/**
 * path_hooks_ahead - hooks at which this one can turn up next, a bit each
 *
 * What comes back over loopback has its route since OUTPUT: it is for this host.
 */
uint8_t path_hooks_ahead(const struct path *p);

/** path_slot - where it is; in a user chain joined from nowhere: its table's */
uint8_t path_slot(const struct path_map *map, const struct path *p);

/** path_ahead - slots of its hook that may still see it, a bit each */
uint64_t path_ahead(const struct path_map *map, const struct path *p);

/** path_hook_goes_on - will slots of this hook see it yet? */
bool path_hook_goes_on(const struct path_map *map, const struct path *p);

/** path_before - those that must be seen at its hook before this builtin chain */
uint64_t path_before(const struct path_map *map, const struct place *at);

#endif
