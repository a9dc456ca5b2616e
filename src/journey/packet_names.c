// SPDX-License-Identifier: GPL-2.0-or-later
/* packet_names: what the kernel calls a packet, by a stamp or nft's id, and who has whose. */
#include "journey/packet_names.h"

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/journey.h"
#include "journey/path.h"
#include "journey/shelf.h"
#include "journey/twins.h"

/* Times that differ from event to event name nothing. */
static bool has_stamp(const struct journey *j)
{
	return j->stamps && !(j->flags & JOURNEY_TIMES);
}

bool packet_names_same_stamp(const struct journey *j, const struct event *e)
{
	return e->flags & EVENT_HAS_STAMP && has_stamp(j) &&
	       j->stamp_ns == e->stamp_ns;
}

/* Whose is the stamp, if not @j's own?  Its twin's rather than another's. */
static struct journey *find_by_stamp(const struct shelf *shelf,
				     const struct journey *j,
				     const struct event *e)
{
	struct journey *other = shelf_bucket(shelf, j->key), *found = NULL;
	unsigned int left = SHELF_WALK;

	if (!(e->flags & EVENT_HAS_STAMP) || !has_stamp(j) ||
	    j->stamp_ns == e->stamp_ns)
		return NULL;
	for (; other && left; other = other->hash_next) {
		if (other->key != j->key)
			continue;
		left--;
		if (other->flags & JOURNEY_TIED &&
		    packet_names_same_stamp(other, e) &&
		    (!found || twins_are_tied(j, other)))
			found = other;
	}
	return found;
}

static struct journey *find_by_id(const struct shelf *shelf,
				  const struct journey *j,
				  const struct event *e)
{
	struct journey *other;

	/* Copies have ids of their own. */
	if (!e->nft || !j->trace_id || j->trace_id == e->nft->id ||
	    j->flags & JOURNEY_CLONES)
		return NULL;
	other = shelf_find(shelf, e->nft->id);
	return other && other->key == j->key ? other : NULL;
}

static void trade_stamps(struct journey *a, struct journey *b)
{
	uint64_t stamp_ns = a->stamp_ns;
	uint8_t stamps = a->stamps;

	a->stamp_ns = b->stamp_ns;
	a->stamps = b->stamps;
	b->stamp_ns = stamp_ns;
	b->stamps = stamps;
}

void packet_names_settle(struct shelf *shelf, struct journey *j,
			 const struct path *path, const struct event *e)
{
	struct journey *other = find_by_stamp(shelf, j, e);

	/* Loopback makes another id of it. */
	if (path_loops_back(path, e))
		shelf_unbind(shelf, j);
	if (other) {
		trade_stamps(j, other);
		twins_cross(j, other);
	}
	other = find_by_id(shelf, j, e);
	if (other) {
		shelf_trade_ids(shelf, j, other);
		twins_cross(j, other);
	}
}
