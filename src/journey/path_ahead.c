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
uint8_t path_station(const struct path_map *map, const struct path *p)
{
	if (p->station != STATION_NONE)
		return p->station;
	return path_map_station(map, path_family(p->last), p->hook,
				table_order(p->last->table, p->hook));
}

/* Stations of this hook that may still see it: the order of equals is not known. */
uint64_t path_ahead(const struct path_map *map, const struct path *p)
{
	uint8_t station = path_station(map, p);

	if (station == STATION_NONE)
		return 0;
	return ~path_hook_of(map, p->last, p->hook)->below[station] &
	       ~(p->seen | BIT64(station));
}

/* Will stations of this hook see it yet? */
bool path_hook_goes_on(const struct path_map *map, const struct path *p)
{
	const struct path_hook *h = path_hook_of(map, p->last, p->hook);
	uint8_t station = path_station(map, p);

	return station != STATION_NONE && h->must & ~h->upto[station];
}

/* Those that must be seen at its hook before this builtin chain. */
uint64_t path_before(const struct path_map *map, const struct place *at)
{
	const struct path_hook *h = path_hook_of(map, at, at->hook);

	return at->station == STATION_NONE ? h->must
					   : h->must & h->below[at->station];
}
