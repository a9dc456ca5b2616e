// SPDX-License-Identifier: GPL-2.0-or-later
/* journeys_end: journeys that end, by themselves, by silence or with the run. */
#include "journey/journeys_end.h"

#include <stdlib.h>

#include "journey/ambiguity.h"
#include "journey/journey.h"
#include "journey/journey_end.h"
#include "journey/journeys_ops.h"
#include "journey/journeys_state.h"
#include "journey/straddle.h"
#include "rules/base/units.h"

enum {
	ASIDE_MAX = 1024,	/* journeys over, and waiting for a twin's end */
	SUSPECTS = 16,		/* journeys behind a gap, on a small machine */
};

/*
 * Of packets alike one may have lost an event, and taken the other's for it:
 * then neither's fate is known, whichever of them the gap was seen to touch.
 */
static void doubt_fates(struct journeys *js, struct journey *j)
{
	if (!(j->flags & JOURNEY_AMBIGUOUS) || j->flags & JOURNEY_GAP ||
	    !js->gap_ns || js->gap_ns > j->last_ns ||
	    j->last_ns - js->gap_ns >= JOURNEYS_QUEUE_NS)
		return;
	j->flags |= JOURNEY_GAP;
	j->lost = js->gap_lost;
	journey_find_fates(j, js->map);
}

void journeys_release(struct journeys *js, struct journey *j)
{
	bool told = j->steps || journey_is_bare(j);

	doubt_fates(js, j);
	j->flags |= JOURNEY_KEPT;
	if (!told && js->ops->nothing)
		js->ops->nothing(js->arg, j);
	if (!told || !js->ops->done(js->arg, j))
		journey_table_free_journey(&js->table, j);
}

/* Twins that waited for the end of nobody but this journey are told of now. */
static void settle_ties(struct journeys *js, struct journey *j)
{
	for (unsigned int i = j->ties; i-- > 0;) {
		struct journey *twin = j->tie[i].twin;

		if (!(twin->flags & JOURNEY_OVER))
			continue;
		ambiguity_resolve(j, twin);
		if (twin->ties)
			continue;
		journey_table_fetch(&js->table, twin);
		journeys_release(js, twin);
	}
}

void journeys_find_fates(struct journeys *js, struct journey *j)
{
	straddle_resolve(j);
	journey_find_fates(j, js->map);
}

void journeys_end_one(struct journeys *js, struct journey *j)
{
	journey_table_remove(&js->table, j);
	if (!(j->flags & JOURNEY_SETTLED))
		journeys_find_fates(js, j);
	j->flags |= JOURNEY_OVER;
	settle_ties(js, j);
	if (j->ties && js->table.aside_count < ASIDE_MAX) {
		journey_table_set_aside(&js->table, j);
		return;
	}
	ambiguity_abandon(j);
	journeys_release(js, j);
}

static void mark_list(struct journey *j, uint32_t lost)
{
	for (; j; j = j->links.newer) {
		j->flags |= JOURNEY_GAP;
		j->lost += lost;
	}
}

static void mark_gap(struct journeys *js, uint32_t lost)
{
	mark_list(js->table.oldest, lost);
	mark_list(js->links.oldest, lost);
}

void journeys_gap(struct journeys *js, uint32_t lost)
{
	mark_gap(js, lost);
	js->gap_lost = lost;
	js->gap_ns = js->now_ns;
	/* A text's journeys are followed line by line: each shows its own head. */
	if (js->map->excerpt)
		return;
	/*
	 * Every context of every CPU can have had one packet under way whose
	 * first events are among the lost.
	 */
	js->suspects = js->cpus > 4 ? 4 * js->cpus : SUSPECTS;
}

void journeys_hole(struct journeys *js)
{
	mark_gap(js, 1);
}

/* User space may take as long as it likes: who asks its user takes half a minute. */
static bool is_queued(struct journeys *js, const struct journey *j)
{
	if (!js->ops->is_queued)
		return false;
	for (unsigned int b = 0; b < j->branches; b++)
		if (j->path[b].state == PATH_QUEUED &&
		    js->ops->is_queued(js->arg, j->path[b].last, j->last_ns))
			return true;
	return false;
}

int journeys_expire(struct journeys *js, uint64_t now_ns)
{
	struct journey *j, *next;
	uint64_t due = UINT64_MAX;

	for (j = js->table.oldest; j; j = next) {
		uint64_t at = j->last_ns + journey_patience_ns(j);

		next = j->links.newer;
		if (j->origin != js->origin)
			continue;
		if (at <= now_ns && is_queued(js, j))
			at = now_ns + JOURNEY_PATIENCE_MS * NS_PER_MS;
		if (at <= now_ns)
			journeys_end_one(js, j);
		else if (at < due)
			due = at;
		/* Journeys are in order of age: the rest is younger. */
		if (j->last_ns + JOURNEY_PATIENCE_MS * NS_PER_MS > now_ns)
			break;
	}
	if (due == UINT64_MAX)
		return js->table.open ? (int)JOURNEY_PATIENCE_MS : -1;
	return (int)((due - now_ns) / NS_PER_MS) + 1;
}

int journeys_due_ms(const struct journeys *js, uint64_t now_ns)
{
	const struct journey *j = js->table.oldest, *link = js->links.oldest;
	uint64_t silent;

	if (!j || (link && link->last_ns < j->last_ns))
		j = link;
	if (!j)
		return -1;
	silent = now_ns - j->last_ns;
	if (silent >= JOURNEY_PATIENCE_MS * NS_PER_MS)
		return 0;
	return (int)((JOURNEY_PATIENCE_MS * NS_PER_MS - silent) / NS_PER_MS) + 1;
}

void journeys_map_changed(struct journeys *js)
{
	struct journey *next;

	for (struct journey *j = js->table.oldest; j; j = next) {
		next = j->links.newer;
		if (j->flags & JOURNEY_SETTLED || journey_is_over(j, js->map))
			journeys_end_one(js, j);
	}
}

void journeys_finish(struct journeys *js)
{
	while (js->table.oldest)
		journeys_end_one(js, js->table.oldest);
}
