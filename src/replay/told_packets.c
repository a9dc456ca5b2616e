// SPDX-License-Identifier: GPL-2.0-or-later
/* told_packets: the packets of a recording that were printed last, for records that come late. */
#include "replay/told_packets.h"

#include <stdlib.h>
#include <string.h>

enum {
	FIRST = 64,	/* room for so many packets; doubled as they come */
	ALL = 4096,	/* packets back that a late record may be of, at most */
};

/* Without memory those that are there stay a smaller ring. */
static void make_told_room(struct told_packets *t)
{
	unsigned int room = t->room ? 2 * t->room : FIRST;
	struct told *told;

	if (t->next < t->room || t->room == ALL)
		return;
	told = realloc(t->told, room * sizeof(*told));
	if (!told)
		return;
	memset(told + t->room, 0, (room - t->room) * sizeof(*told));
	t->told = told;
	t->room = room;
}

struct told *told_packets_add(struct told_packets *t)
{
	struct told *told;

	make_told_room(t);
	if (!t->room)
		return NULL;
	told = &t->told[t->next % t->room];
	t->next = t->next % t->room + 1;
	return told;
}

struct told *told_packets_find(struct told_packets *t, uint64_t number,
			       uint64_t origin)
{
	for (unsigned int i = 1; i <= t->room; i++) {
		struct told *told = &t->told[(t->next + t->room - i) % t->room];

		if (told->number == number && told->origin == origin)
			return told;
	}
	return NULL;
}

void told_packets_free(struct told_packets *t)
{
	free(t->told);
	*t = (struct told_packets){ 0 };
}
