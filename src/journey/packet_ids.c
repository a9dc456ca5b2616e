// SPDX-License-Identifier: GPL-2.0-or-later
/* packet_ids: what the kernel calls a packet, by a stamp or nft's id, and who has whose. */
#include "journey/packet_ids.h"

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/ambiguity.h"
#include "journey/journey.h"
#include "journey/journey_table.h"
#include "journey/path.h"

/* Times that differ from event to event name nothing. */
static bool has_stamp(const struct journey *j)
{
	return j->stamp.events && !(j->flags & JOURNEY_TIMES);
}

bool packet_ids_same_stamp(const struct journey *j, const struct event *e)
{
	return e->flags & EVENT_HAS_STAMP && has_stamp(j) &&
	       j->stamp.ns == e->stamp_ns;
}

/* Whose is the stamp, if not @j's own?  Its twin's rather than another's. */
static struct journey *find_by_stamp(const struct journey_table *table,
				     const struct journey *j,
				     const struct event *e)
{
	struct journey *other = journey_table_bucket(table, j->key),
		       *found = NULL;
	unsigned int left = JOURNEY_TABLE_WALK;

	if (!(e->flags & EVENT_HAS_STAMP) || !has_stamp(j) ||
	    j->stamp.ns == e->stamp_ns)
		return NULL;
	for (; other && left; other = other->links.hash_next) {
		if (other->key != j->key)
			continue;
		left--;
		if (other->flags & JOURNEY_TIED &&
		    packet_ids_same_stamp(other, e) &&
		    (!found || ambiguity_linked(j, other)))
			found = other;
	}
	return found;
}

static struct journey *find_id(const struct journey_table *table,
			       const struct journey *j,
			       const struct event *e)
{
	struct journey *other;

	/* Copies have ids of their own. */
	if (!e->nft || !j->trace_id || j->trace_id == e->nft->id ||
	    j->flags & JOURNEY_COPIES)
		return NULL;
	other = journey_table_find(table, e->nft->id);
	return other && other->key == j->key ? other : NULL;
}

static void trade_stamps(struct journey *a, struct journey *b)
{
	uint64_t stamp_ns = a->stamp.ns;
	uint8_t stamps = a->stamp.events;

	a->stamp.ns = b->stamp.ns;
	a->stamp.events = b->stamp.events;
	b->stamp.ns = stamp_ns;
	b->stamp.events = stamps;
}

void packet_ids_settle(struct journey_table *table, struct journey *j,
		       const struct path *path, const struct observation *o)
{
	struct journey *other = find_by_stamp(table, j, o->e);

	/* Loopback gives the packet another buffer, with another id. */
	if (path_loops_back(path, o))
		journey_table_unbind(table, j);
	if (other) {
		trade_stamps(j, other);
		ambiguity_cross(j, other);
	}
	other = find_id(table, j, o->e);
	if (other) {
		journey_table_trade_ids(table, j, other);
		ambiguity_cross(j, other);
	}
}
