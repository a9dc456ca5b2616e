// SPDX-License-Identifier: GPL-2.0-or-later
/* journeys: each event to its journey, and each journey to its end. */
#include "journey/journeys.h"

#include <stdlib.h>
#include <unistd.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/ambiguity.h"
#include "journey/associate.h"
#include "journey/decode_cache.h"
#include "journey/journey.h"
#include "journey/journey_table.h"
#include "journey/packet_ids.h"
#include "place/place.h"

enum {
	OPEN_MAX = 4096,	/* journeys under way; the oldest is closed */
	ASIDE_MAX = 1024,	/* over, and waiting for a twin's end */
	NFT_DEPTH = 20,		/* what nft copies of the transport header */
	LOOPBACK_IFINDEX = 1,
	SUSPECTS = 16,		/* behind a gap, at least */
	PROOF_STAMPS = 4,	/* equal ones: the kernel stamps on receipt */
};

static const uint64_t MS = 1000000, QUEUE_NS = 250000000;

struct journeys {
	struct journey_table table;
	struct decode_cache seen;
	uint32_t suspects;	/* journeys after a gap that may lack a head */
	uint32_t gap_lost;	/* of the last gap */
	uint64_t gap_ns;	/* when it was found, 0: none yet */
	uint64_t now_ns;	/* of the last event */
	uint32_t cpus;
	uint32_t depth;		/* of identity_key() */
	bool foreign_trace;
	bool stamps;		/* packets are stamped on receipt */
	const struct path_map *map;
	const struct journey_ops *ops;
	void *arg;
};

struct journeys *journeys_open(const struct path_map *map, uint32_t snaplen,
			       bool foreign_trace, bool nft,
			       const struct journey_ops *ops, void *arg)
{
	struct journeys *js = calloc(1, sizeof(*js));
	long cpus = sysconf(_SC_NPROCESSORS_CONF);

	if (!js)
		return NULL;
	js->map = map;
	journey_table_open(&js->table, snaplen);
	js->cpus = cpus > 0 ? (uint32_t)cpus : 1;
	js->foreign_trace = foreign_trace;
	js->depth = nft ? NFT_DEPTH : UINT32_MAX;
	js->ops = ops;
	js->arg = arg;
	return js;
}

void journeys_close(struct journeys *js)
{
	if (!js)
		return;
	journey_table_close(&js->table);
	free(js);
}

/*
 * Of packets alike one may have lost an event, and taken the other's for it:
 * then neither's fate is known, whichever of them the gap was seen to touch.
 */
static void doubt_fates(struct journeys *js, struct journey *j)
{
	if (!(j->flags & JOURNEY_AMBIGUOUS) || j->flags & JOURNEY_GAP ||
	    !js->gap_ns || js->gap_ns > j->last_ns ||
	    j->last_ns - js->gap_ns >= QUEUE_NS)
		return;
	j->flags |= JOURNEY_GAP;
	j->lost = js->gap_lost;
	journey_find_fates(j, js->map);
}

static void let_go(struct journeys *js, struct journey *j)
{
	doubt_fates(js, j);
	j->flags |= JOURNEY_KEPT;
	if ((!j->steps && !journey_is_bare(j)) ||
	    !js->ops->done(js->arg, j))
		journey_table_free_journey(&js->table, j);
}

/* Those that waited for nobody but this one are told of now. */
static void settle(struct journeys *js, struct journey *j)
{
	for (unsigned int i = j->ties; i-- > 0;) {
		struct journey *twin = j->tie[i].twin;

		if (!(twin->flags & JOURNEY_OVER))
			continue;
		ambiguity_resolve(j, twin);
		if (twin->ties)
			continue;
		journey_table_fetch(&js->table, twin);
		let_go(js, twin);
	}
}

static void finish(struct journeys *js, struct journey *j)
{
	journey_table_remove(&js->table, j);
	journey_find_fates(j, js->map);
	j->flags |= JOURNEY_OVER;
	settle(js, j);
	if (j->ties && js->table.aside_count < ASIDE_MAX) {
		journey_table_set_aside(&js->table, j);
		return;
	}
	ambiguity_abandon(j);
	let_go(js, j);
}

/* A chain that was not known has seen it: it was not over. */
static void take_back(struct journeys *js, struct journey *j)
{
	js->ops->take_back(js->arg, j);
	j->flags &= ~(unsigned int)(JOURNEY_OVER | JOURNEY_KEPT);
	journey_table_put_back(&js->table, j);
}

/* A queue, that of loopback, may have held it since before the gap. */
static bool was_queued(const struct journeys *js, const struct observation *c)
{
	return c->e->hook == NF_INET_PRE_ROUTING &&
	       c->e->in == LOOPBACK_IFINDEX && js->gap_ns &&
	       c->now_ns - js->gap_ns < QUEUE_NS;
}

static void suspect(struct journeys *js, struct journey *j,
		    const struct observation *c)
{
	if (!path_is_start(c->at) && !js->foreign_trace)
		j->flags |= JOURNEY_HEADLESS;
	if (!js->suspects && !was_queued(js, c))
		return;
	js->suspects -= js->suspects > 0;
	j->flags |= JOURNEY_GAP;
	j->lost = js->gap_lost;
}

static struct journey *begin(struct journeys *js, const struct observation *c,
			     uint64_t wall_ns)
{
	struct journey *j;

	if (js->table.open >= OPEN_MAX)
		finish(js, js->table.oldest);
	j = journey_table_add(&js->table, c->key);
	if (!j)
		return NULL;
	journey_begin(j, c->e, c->at, c->p, wall_ns);
	j->map_turns = js->map->turns;
	suspect(js, j, c);
	return j;
}

/* The journey that has the id of nft, if the event can be its next one. */
static struct candidate find_by_id(struct journeys *js,
				   const struct observation *c)
{
	struct candidate found = { .j = NULL };
	struct journey *j = journey_table_find(&js->table, c->e->nft->id);

	if (j && j->nfproto == c->e->nfproto &&
	    associate_follows(js->map, j, c, &found.branch))
		found.j = j;
	return found;
}

static struct candidate find_by_headers(struct journeys *js,
					const struct observation *c)
{
	return associate_find(&js->table, js->map, c, js->stamps);
}

/*
 * Nft's id decides where only nft's events are.  Beside legacy ones the journey
 * that the headers fit has the id from now on; should its bytes differ from what
 * was kept of it, the id tells.  Where not all headers were copied the id comes
 * first, and in the end where the packet is.
 */
static struct candidate find(struct journeys *js, const struct observation *c)
{
	bool none = c->e->flags & EVENT_NO_HEADERS;
	bool whole = !none && !(c->e->flags & EVENT_PARTIAL);
	bool start = path_is_start(c->at);
	struct candidate found = { .j = NULL }, named = { .j = NULL };

	if (c->e->nft && !start)
		named = find_by_id(js, c);
	if (named.j && (!whole || associate_is_name(named.j, c)))
		return named;
	if (whole || (!none && start))
		found = find_by_headers(js, c);
	if (found.j || !c->e->nft || start)
		return found;
	if (named.j)
		return named;
	if (!whole && !none)
		found = find_by_headers(js, c);
	if (!found.j && !whole)
		found = associate_find_blind(&js->table, js->map, c);
	return found;
}

/* What comes out of a queue may be another packet than what went in. */
static void follow_rewriting(struct journeys *js, struct journey *j,
			     const struct path *path,
			     const struct observation *c)
{
	if (path->state == PATH_QUEUED && j->key != c->key &&
	    !(c->e->flags & EVENT_NO_HEADERS))
		journey_table_rekey(&js->table, j, c->key);
}

void journeys_add(struct journeys *js, const struct event *e,
		  const struct place *at, uint64_t now_ns, uint64_t wall_ns)
{
	struct observation observation = {
		.e = e, .at = at, .now_ns = now_ns, .p = &js->seen.p,
	};
	struct candidate c;

	decode_cache_decode(&js->seen, e, js->depth);
	observation.key = js->seen.key;
	js->table.events++;
	js->now_ns = now_ns;
	c = find(js, &observation);
	if (c.j && c.j->flags & JOURNEY_KEPT)
		take_back(js, c.j);
	if (c.j && c.fork && !journey_fork(c.j, e, at))
		c.j = NULL;
	if (!c.j) {
		c.j = begin(js, &observation, wall_ns);
		c.branch = 0;
		if (!c.j)
			return;
	} else if (!c.fork) {
		follow_rewriting(js, c.j, &c.j->path[c.branch], &observation);
		packet_ids_settle(&js->table, c.j, &c.j->path[c.branch], e);
		path_advance(&c.j->path[c.branch], at, e);
	}
	js->table.queues |= c.j->path[c.branch].state == PATH_QUEUED;
	if (e->nft) {
		journey_table_bind(&js->table, c.j, e->nft->id);
		c.j->path[c.branch].trace_id = e->nft->id;
	}
	journey_record(c.j, c.branch, e, at, observation.p);
	c.j->last_ns = now_ns;
	c.j->last_event = js->table.events;
	js->stamps |= c.j->stamps >= PROOF_STAMPS;
	if (path_ends_table(&c.j->path[c.branch]) &&
	    journey_is_over(c.j, js->map))
		finish(js, c.j);
	else
		journey_table_touch(&js->table, c.j);
}

void journeys_give_back(struct journeys *js, struct journey *j)
{
	journey_table_free_journey(&js->table, j);
}

void journeys_each(struct journeys *js,
		   void (*fn)(void *arg, struct journey *j), void *arg)
{
	for (struct journey *j = js->table.oldest; j; j = j->newer)
		fn(arg, j);
	for (struct journey *j = js->table.aside; j; j = j->newer)
		fn(arg, j);
}

static void open_gap(struct journeys *js, uint32_t lost)
{
	for (struct journey *j = js->table.oldest; j; j = j->newer) {
		j->flags |= JOURNEY_GAP;
		j->lost += lost;
	}
}

void journeys_gap(struct journeys *js, uint32_t lost)
{
	open_gap(js, lost);
	/*
	 * Every context of every CPU can have had one packet under way whose
	 * first events are among the lost.
	 */
	js->suspects = js->cpus > 4 ? 4 * js->cpus : SUSPECTS;
	js->gap_lost = lost;
	js->gap_ns = js->now_ns;
}

void journeys_hole(struct journeys *js)
{
	open_gap(js, 1);
}

int journeys_expire(struct journeys *js, uint64_t now_ns)
{
	struct journey *j, *next;
	uint64_t due = UINT64_MAX;

	for (j = js->table.oldest; j; j = next) {
		uint64_t at = j->last_ns + journey_patience_ns(j);

		next = j->newer;
		if (at <= now_ns)
			finish(js, j);
		else if (at < due)
			due = at;
		/* They are in order of age: the rest is younger. */
		if (j->last_ns + JOURNEY_PATIENCE_MS * MS > now_ns)
			break;
	}
	if (due == UINT64_MAX)
		return js->table.open ? (int)JOURNEY_PATIENCE_MS : -1;
	return (int)((due - now_ns) / MS) + 1;
}

int journeys_due_ms(const struct journeys *js, uint64_t now_ns)
{
	const struct journey *j = js->table.oldest;
	uint64_t silent;

	if (!j)
		return -1;
	silent = now_ns - j->last_ns;
	if (silent >= JOURNEY_PATIENCE_MS * MS)
		return 0;
	return (int)((JOURNEY_PATIENCE_MS * MS - silent) / MS) + 1;
}

void journeys_turn(struct journeys *js)
{
	struct journey *next;

	for (struct journey *j = js->table.oldest; j; j = next) {
		next = j->newer;
		if (journey_is_over(j, js->map))
			finish(js, j);
	}
}

void journeys_finish(struct journeys *js)
{
	while (js->table.oldest)
		finish(js, js->table.oldest);
}

uint32_t journeys_open_count(const struct journeys *js)
{
	return js->table.open;
}
