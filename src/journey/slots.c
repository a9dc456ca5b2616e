// SPDX-License-Identifier: GPL-2.0-or-later
/* slots: which hooks, tables and base chains a packet has before it yet. */
#include "journey/slots.h"

#include "place/table_order.h"

uint8_t slots_by_table(const struct path_map *map, const struct path *p)
{
	return path_map_slot(map, slots_family(p->last), p->hook,
			     table_order(p->last->table, p->hook));
}
