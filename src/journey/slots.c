// SPDX-License-Identifier: GPL-2.0-or-later
/* slots: which hooks, tables and base chains a packet has before it yet. */
#include "journey/slots.h"

#include "journey/path_types.h"
#include "place/place.h"
#include "place/table_order.h"

uint64_t slots_expected(const struct path_map *map, const struct path *p,
			unsigned int hook)
{
	uint64_t must = slots_hook(map, p->last, hook)->must;

	return p->excused ? must & ~map->witness[slots_family(p->last)][hook]
			  : must;
}

uint8_t slots_hooks_after(const struct path *p)
{
	if (p->hook == NF_INET_PRE_ROUTING && p->born_local)
		return BIT(NF_INET_LOCAL_IN);
	return path_next_hooks[p->hook];
}

/* In a user chain that was joined from nowhere the table tells the slot. */
uint8_t slots_here(const struct path_map *map, const struct path *p)
{
	if (p->slot != SLOT_NONE)
		return p->slot;
	return path_map_slot(map, slots_family(p->last), p->hook,
			     table_order(p->last->table, p->hook));
}

/* Slots of one priority may come in either order: no dump shows which. */
uint64_t slots_after(const struct path_map *map, const struct path *p)
{
	uint8_t slot = slots_here(map, p);

	if (slot == SLOT_NONE)
		return 0;
	return ~slots_hook(map, p->last, p->hook)->below[slot] &
	       ~(p->seen | BIT64(slot));
}

uint64_t slots_must_see(const struct path_map *map, const struct path *p)
{
	const struct path_hook *h = slots_hook(map, p->last, p->hook);
	uint8_t slot = slots_here(map, p);

	return slot == SLOT_NONE ? 0 :
		slots_expected(map, p, p->hook) & ~h->upto[slot];
}

uint64_t slots_before(const struct path_map *map, const struct place *at)
{
	const struct path_hook *h = slots_hook(map, at, at->hook);

	return at->slot == SLOT_NONE ? h->must : h->must & h->below[at->slot];
}
