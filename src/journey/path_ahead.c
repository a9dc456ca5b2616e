// SPDX-License-Identifier: GPL-2.0-or-later
/* path_ahead: which hooks, tables and base chains a packet has before it yet. */
#include "journey/path_ahead.h"

#include "journey/path_types.h"
#include "place/place.h"
#include "place/table_order.h"

uint8_t path_hooks_ahead(const struct path *p)
{
	if (p->hook == NF_INET_PRE_ROUTING && p->born_local)
		return BIT(NF_INET_LOCAL_IN);
	return path_next_hooks[p->hook];
}

/* Where a path is; in a user chain that was joined from nowhere: its table's. */
uint8_t path_slot(const struct path_map *map, const struct path *p)
{
	if (p->slot != SLOT_NONE)
		return p->slot;
	return path_map_slot(map, path_family(p->last), p->hook,
			     table_order(p->last->table, p->hook));
}

/* Slots of this hook that may still see it: the order of equals is not known. */
uint64_t path_ahead(const struct path_map *map, const struct path *p)
{
	uint8_t slot = path_slot(map, p);

	if (slot == SLOT_NONE)
		return 0;
	return ~path_hook_of(map, p->last, p->hook)->below[slot] &
	       ~(p->seen | BIT64(slot));
}

/* Will slots of this hook see it yet? */
bool path_hook_goes_on(const struct path_map *map, const struct path *p)
{
	const struct path_hook *h = path_hook_of(map, p->last, p->hook);
	uint8_t slot = path_slot(map, p);

	return slot != SLOT_NONE && h->must & ~h->upto[slot];
}

/* Those that must be seen at its hook before this builtin chain. */
uint64_t path_before(const struct path_map *map, const struct place *at)
{
	const struct path_hook *h = path_hook_of(map, at, at->hook);

	return at->slot == SLOT_NONE ? h->must
					   : h->must & h->below[at->slot];
}
