/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journey_room: memory for what a journey has more of as it goes on. */
#ifndef NFTRACE_JOURNEY_ROOM_H
#define NFTRACE_JOURNEY_ROOM_H

#include <stdbool.h>

#include "journey/journey_types.h"

/** journey_next_fate - zeroed, of branch .branches; pointers to others' end.  NULL: no memory */
struct fate *journey_next_fate(struct journey *j);

/**
 * journey_add_step - room for one more event; the first and the latest are kept
 * Return: the journey's, to be filled; NULL: no memory.
 */
struct step *journey_add_step(struct journey *j);

/** journey_next_step - the same, where there is room already: nearly always */
static inline struct step *journey_next_step(struct journey *j)
{
	uint32_t kept = journey_kept(j);

	if (kept == j->room)
		return journey_add_step(j);
	j->steps++;
	return &j->step[kept];
}

/** journey_has_room - for one more change; false: JOURNEY_CHANGES are held, or no memory */
bool journey_has_room(struct journey *j);

#endif
