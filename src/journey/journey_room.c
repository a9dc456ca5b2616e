// SPDX-License-Identifier: GPL-2.0-or-later
/* journey_room: memory for what a journey has more of as it goes on. */
#include "journey/journey_room.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CHANGES = 4 };

struct fate *journey_next_fate(struct journey *j)
{
	struct fate *more = realloc(j->fate, (j->branches + 1u) *
					     sizeof(*more));

	if (!more)
		return NULL;
	j->fate = more;
	memset(&more[j->branches], 0, sizeof(*more));
	return &more[j->branches];
}

struct step *journey_add_step(struct journey *j)
{
	uint32_t kept = journey_kept(j);

	if (kept == JOURNEY_STEPS) {
		/* Keep the way in and the latest: drop the oldest between. */
		memmove(j->step + JOURNEY_STEPS_FIRST,
			j->step + JOURNEY_STEPS_FIRST + 1,
			(JOURNEY_STEPS - JOURNEY_STEPS_FIRST - 1) *
			sizeof(*j->step));
		j->omitted++;
		kept--;
	} else if (kept == j->room) {
		uint32_t room = j->room * 2 < JOURNEY_STEPS ? j->room * 2
							    : JOURNEY_STEPS;
		struct step *more = realloc(j->step, room * sizeof(*more));

		if (!more)
			return NULL;
		j->step = more;
		j->room = room;
	}
	j->steps++;
	return &j->step[kept];
}

bool journey_has_room(struct journey *j)
{
	unsigned int room = j->change_room ? j->change_room * 2u : FIRST_CHANGES;
	struct change *more;

	if (j->changes < j->change_room)
		return true;
	if (j->changes == JOURNEY_CHANGES)
		return false;
	more = realloc(j->change, room * sizeof(*more));
	if (!more)
		return false;
	j->change = more;
	j->change_room = (uint8_t)room;
	return true;
}
