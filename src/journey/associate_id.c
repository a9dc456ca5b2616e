// SPDX-License-Identifier: GPL-2.0-or-later
/* associate_id: which events are a journey's because nft's id says so. */
#include "journey/associate_id.h"

#include "capture/event.h"
#include "journey/journey.h"
#include "journey/path_next.h"
#include "journey/rival.h"
#include "place/place.h"
#include "rules/base/units.h"

/*
 * While a table is made anew its chains are there twice for a moment, or not
 * yet known; the id is all that is left then.
 */
static bool is_being_made(const struct path *path, const struct place *at)
{
	return at->state == PLACE_PENDING ||
	       path->last->state == PLACE_PENDING ||
	       (path->state == PATH_TABLE_DONE && at->hook == path->hook &&
		at->slot == path->slot && !at->witness);
}

/*
 * The same for a packet that was over, as far as was known then: behind its last
 * chain was one that has not been read yet, or the old chain and the new one, of
 * one name, are both registered.  One that can have begun anywhere may be another
 * packet in a buffer that was used again.
 */
static bool may_go_on_unread(const struct path_map *map, const struct journey *j,
			     const struct path *path,
			     const struct observation *o)
{
	const struct place *at = o->at;

	if (!path_is_start(j->entry.place) || j->key != o->key ||
	    path->state != PATH_TABLE_DONE)
		return false;
	if (path_is_nowhere(o))
		return !rival_has_passed(j, o);
	if (at->hook == path->hook && at->slot != SLOT_NONE && !at->witness &&
	    path->seen & BIT64(at->slot))
		return true;
	return path_may_follow(map, path, o) >= PATH_GONE;
}

static bool may_be_next(const struct path_map *map, const struct journey *j,
			const struct path *path, const struct observation *o)
{
	enum path_answer needed = j->flags & JOURNEY_GAP ? PATH_RELAXED
							 : PATH_GONE;

	/* In a text an id may be a later packet's, with no rules to show that. */
	if (map->excerpt && o->headers == HEADERS_WHOLE && j->key != o->key &&
	    path->state != PATH_QUEUED)
		return false;
	/* Beside legacy events the id may be another's: rival.c, is_told_by_id(). */
	if (!(j->flags & JOURNEY_LEGACY) && path_may_go_on(map, path, o))
		return true;
	if (may_go_on_unread(map, j, path, o))
		return true;
	if (j->flags & JOURNEY_KEPT)
		return false;
	return path_may_follow(map, path, o) >= needed ||
	       (path->state != PATH_ENDED && is_being_made(path, o->at));
}

bool associate_follows(const struct path_map *map, const struct journey *j,
		       const struct observation *o, unsigned int *branch)
{
	unsigned int found = j->branches;

	/* Of several the one that has the id, else the packet itself. */
	for (unsigned int b = j->branches; b-- > 0;)
		if (may_be_next(map, j, &j->path[b], o) &&
		    (found == j->branches ||
		     j->path[found].trace_id != o->e->nft->id))
			found = b;
	*branch = found;
	return found < j->branches;
}

bool associate_is_name(const struct journey *j, const struct observation *o)
{
	return !(j->flags & (JOURNEY_LEGACY | JOURNEY_TIED | JOURNEY_GAP |
			     JOURNEY_COPIES)) &&
	       j->key == o->key && !path_loops_back(&j->path[0], o);
}

bool associate_is_unread(const struct journey *j, const struct observation *o)
{
	const struct path *p = &j->path[0];

	/* Its own first event is behind it already: this is another's. */
	if (j->flags & JOURNEY_OWN)
		return false;
	return associate_is_name(j, o) && !(j->flags & JOURNEY_KEPT) &&
	       p->state != PATH_ENDED && p->last->state == PLACE_PENDING &&
	       p->hook == o->at->hook;
}
