// SPDX-License-Identifier: GPL-2.0-or-later
/* journeys: each event to its journey. */
#include "journey/journeys.h"

#include <stdlib.h>
#include <unistd.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/ambiguity.h"
#include "journey/associate.h"
#include "journey/drop_join.h"
#include "journey/journey.h"
#include "journey/journey_again.h"
#include "journey/journey_end.h"
#include "journey/journeys_end.h"
#include "journey/journeys_find.h"
#include "journey/journeys_state.h"
#include "journey/packet_ids.h"
#include "journey/path_next.h"
#include "journey/slots.h"
#include "place/place.h"
#include "rules/base/family.h"
#include "rules/base/hash.h"
#include "rules/base/units.h"

enum {
	OPEN_MAX = 4096,	/* journeys under way; then the oldest is closed */
	NFT_DEPTH = 20,		/* bytes that nft copies of the transport header */
	PROOF_STAMPS = 4,	/* events of one stamp: the kernel stamps on receipt */
};

/* So long behind a gap a drop record may be of a packet of which nothing was seen. */
static const uint64_t GAP_NS = 1000000000;

/* The kernel is asked once a process: a fuzzer opens thousands a second. */
static uint32_t cpu_count(void)
{
	static long cpus;

	if (!cpus)
		cpus = sysconf(_SC_NPROCESSORS_CONF);
	return cpus > 0 ? (uint32_t)cpus : 1;
}

struct journeys *journeys_open(const struct path_map *map, uint32_t snaplen,
			       bool foreign_trace, bool nft,
			       const struct journey_ops *ops, void *arg)
{
	struct journeys *js = calloc(1, sizeof(*js));

	if (!js)
		return NULL;
	js->map = map;
	journey_table_open(&js->table, snaplen);
	js->cpus = cpu_count();
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
	links_close(&js->links);
	journey_table_close(&js->table);
	free(js);
}

void journeys_origin(struct journeys *js, uint32_t origin)
{
	js->origin = origin;
	js->origin_key = origin ? hash_mix(0, origin) : 0;
	js->seen_told = 0;
	js->only = NULL;
}

void journeys_made_since(struct journeys *js, uint64_t since_ns)
{
	js->since_ns = since_ns;
}

/* A journey was not over: a chain that was not known has seen the packet. */
static void reopen_journey(struct journeys *js, struct journey *j)
{
	js->ops->take_back(js->arg, j);
	j->flags &= ~(unsigned int)(JOURNEY_OVER | JOURNEY_KEPT);
	journey_table_put_back(&js->table, j);
}

/* A queue, that of loopback, may have held the packet since before the gap. */
static bool was_queued(const struct journeys *js, const struct observation *o)
{
	return o->e->hook == NF_INET_PRE_ROUTING &&
	       o->e->in == LOOPBACK_IFINDEX && js->gap_ns &&
	       o->now_ns - js->gap_ns < JOURNEYS_QUEUE_NS;
}

/* In a text of nft's the rule that turns tracing on is the first, with headers. */
static bool lacks_head(const struct journeys *js, const struct observation *o)
{
	if (js->map->excerpt && o->e->nft)
		return o->headers == HEADERS_NONE || !o->at->traces;
	return (!o->is_start && !js->foreign_trace) || o->at->sure_before;
}

static void suspect_gap(struct journeys *js, struct journey *j,
			const struct observation *o)
{
	if (lacks_head(js, o))
		j->flags |= JOURNEY_HEADLESS;
	if (!js->suspects && !was_queued(js, o))
		return;
	js->suspects -= js->suspects > 0;
	j->flags |= JOURNEY_GAP;
	j->lost = js->gap_lost;
}

void journeys_number(struct journeys *js, struct journey *j)
{
	j->serial = js->begun++;
	j->map_changes = js->map->changes;
	j->told = js->map->generation;
	j->origin = js->origin;
}

/* What was seen outside IP's hooks lacks no event ahead of them. */
static struct journey *go_on_from_link(struct journeys *js, struct journey *j,
				       const struct observation *o)
{
	if (o->headers != HEADERS_NONE)
		j->key = o->key;
	journey_table_put_back(&js->table, j);
	journey_arrive(j, o);
	return j;
}

static __attribute__((noinline)) struct journey *
begin_journey(struct journeys *js, const struct observation *o)
{
	struct journey *j;

	/* Where a packet leaves a hook none begins; what a link has seen goes on. */
	if (o->at->witness && !links_has(&js->links, o))
		return NULL;
	if (js->table.open >= OPEN_MAX)
		journeys_end_one(js, js->table.oldest);
	j = links_claim(&js->links, o);
	if (j)
		return go_on_from_link(js, j, o);
	j = journey_table_add(&js->table, o->key);
	if (!j)
		return NULL;
	journey_begin(j, o);
	journeys_number(js, j);
	suspect_gap(js, j, o);
	return j;
}

/* Legacy events show all, and have no id. */
static inline struct candidate find_journey(struct journeys *js,
					    const struct observation *o)
{
	struct candidate c = o->e->nft ? journeys_find_nft(js, o) :
		associate_find(&js->table, js->map, o, js->stamps);

	return c.j ? c : journeys_find_last_piece(js, o);
}

/*
 * User space may have made another packet of one that was queued, and the kernel of the last
 * piece the whole: another key.
 */
static void follow_rewriting(struct journeys *js, struct journey *j,
			     const struct path *path,
			     const struct observation *o)
{
	if (j->key != o->key && o->headers != HEADERS_NONE &&
	    (path->state == PATH_QUEUED || journeys_is_whole_of(j, path, o)))
		journey_table_rekey(&js->table, j, o->key);
}

static uint8_t headers_of(const struct event *e)
{
	if (!(e->flags & (EVENT_NO_HEADERS | EVENT_PARTIAL)))
		return HEADERS_WHOLE;
	return e->flags & EVENT_NO_HEADERS ? HEADERS_NONE : HEADERS_PARTIAL;
}

void journeys_observe(struct journeys *js, const struct event *e,
		      const struct place *at, struct observation *o)
{
	unsigned int family = family_index_by_nfproto(at->nfproto);
	struct decode_cache *seen = e->nft ? &js->decoded_nft : &js->decoded;

	decode_cache_decode(seen, e, js->depth);
	*o = (struct observation){
		.e = e, .at = at, .p = &seen->p, .key = seen->key ^ js->origin_key,
		.origin = js->origin,
		.hooks = js->map->hook[family],
		.vrf = js->map->vrf[0] ? js->map->vrf : NULL,
		.headers = headers_of(e),
		.is_start = path_is_start(at),
		.enters = e->hook == NF_INET_PRE_ROUTING ||
			  e->hook == NF_INET_LOCAL_IN,
	};
}

/* Where the last one told the same, the rule alone is another. */
static const struct observation *observe(struct journeys *js,
					 const struct event *e,
					 const struct place *at,
					 uint64_t now_ns, uint64_t wall_ns)
{
	struct observation *o = &js->seen;

	if (e->told && e->told == js->seen_told) {
		o->e = e;
		o->at = at;
		o->is_start = path_is_start(at);
	} else {
		journeys_observe(js, e, at, o);
		js->seen_told = e->told;
	}
	o->now_ns = js->now_ns = now_ns;
	o->since_ns = js->since_ns ? js->since_ns : now_ns;
	o->wall_ns = wall_ns;
	return o;
}

/*
 * The journey's path goes one event further.  First what the path was tells
 * whose the names are; behind the step it tells only where the packet is now.
 */
static void go_further(struct journeys *js, const struct candidate *c,
		       const struct observation *o)
{
	struct path *path = &c->j->path[c->branch];

	if (js->map->excerpt && path_leaves_out(js->map, path, o)) {
		c->j->flags |= JOURNEY_GAP;
		c->j->lost++;
	}
	c->j->flags &= ~(unsigned int)JOURNEY_SETTLED;
	follow_rewriting(js, c->j, path, o);
	if (!packet_ids_are_usual(c->j, path, o))
		packet_ids_settle(&js->table, c->j, path, o);
	path_advance(path, o);
}

/* Whose the event is; its path is behind the event then.  NULL: nobody's, or no memory. */
static struct candidate place_event(struct journeys *js,
				    const struct observation *o)
{
	struct candidate c = { .j = NULL };

	if (!js->links.count || !links_has(&js->links, o))
		c = find_journey(js, o);
	if (c.j && c.j->flags & JOURNEY_KEPT)
		reopen_journey(js, c.j);
	if (c.j && !c.copy) {
		go_further(js, &c, o);
		return c;
	}
	if (!c.j || !journey_add_copy(c.j, o)) {
		c = (struct candidate){ .j = begin_journey(js, o) };
		c.only = c.j && journey_table_is_alone(&js->table, c.j);
	}
	return c;
}

/*
 * Over, as far as the map tells.  While base chains change one that it does not
 * have may see the packet yet; if none does, what the map tells now is true of it.
 */
void journeys_settle(struct journeys *js, struct journey *j)
{
	if (!js->map->changing) {
		journeys_end_one(js, j);
		return;
	}
	journeys_find_fates(js, j);
	j->flags |= JOURNEY_SETTLED;
	journey_table_touch(&js->table, j);
}

/* Whose the event is, with all that it shows put down; NULL: nobody's, or no memory. */
static inline struct candidate
take_event(struct journeys *js, const struct event *e, const struct place *at,
	   uint64_t now_ns, uint64_t wall_ns)
{
	const struct observation *o = observe(js, e, at, now_ns, wall_ns);
	struct candidate c = place_event(js, o);
	struct path *path;

	js->only = c.only ? c.j : NULL;
	js->only_moves = js->table.moves;
	if (!c.j)
		return c;
	path = &c.j->path[c.branch];
	if (e->nft) {
		journey_table_bind(&js->table, c.j, e->nft->id);
		path->trace_id = e->nft->id;
	}
	journey_record(c.j, c.branch, o);
	return c;
}

/* The packet of the last event, further in its chain: no other has come between. */
static inline bool goes_on(const struct journeys *js, const struct event *e,
			   const struct place *at)
{
	const struct journey *j = js->only;

	return j && journey_again_may(j, e, at, js->map) &&
	       js->only_moves == js->table.moves && associate_is_plain(j) &&
	       !(j->flags & JOURNEY_SETTLED);
}

/* Most that leave a table have more before them for certain: journey_is_over() in short. */
static inline bool may_be_over(const struct journeys *js, const struct path *p)
{
	return p->state == PATH_ENDED ||
	       (p->state == PATH_TABLE_DONE && !slots_have_later(js->map, p));
}

/* It has one event more: that may have been its last. */
static inline void has_gone_on(struct journeys *js, struct journey *j,
			       const struct path *path, uint64_t now_ns)
{
	j->last_ns = now_ns;
	j->last_event = js->table.events;
	js->stamps |= j->stamp.events >= PROOF_STAMPS;
	if (path->state == PATH_IN_CHAIN) {
		journey_table_touch(&js->table, j);
		return;
	}
	js->table.queues |= path->state == PATH_QUEUED;
	if (may_be_over(js, path) && journey_is_over(j, js->map))
		journeys_settle(js, j);
	else
		journey_table_touch(&js->table, j);
}

static __attribute__((noinline)) void
add_anew(struct journeys *js, const struct event *e, const struct place *at,
	 uint64_t now_ns, uint64_t wall_ns)
{
	struct candidate c = take_event(js, e, at, now_ns, wall_ns);

	if (c.j)
		has_gone_on(js, c.j, &c.j->path[c.branch], now_ns);
}

void journeys_add(struct journeys *js, const struct event *e,
		  const struct place *at, uint64_t now_ns, uint64_t wall_ns)
{
	struct journey *j = js->only;

	js->table.events++;
	if (!goes_on(js, e, at)) {
		add_anew(js, e, at, now_ns, wall_ns);
		return;
	}
	js->now_ns = now_ns;
	journey_again(j, e, at);
	has_gone_on(js, j, &j->path[0], now_ns);
}

const struct journey *journeys_by_id(const struct journeys *js, uint32_t id)
{
	return journey_table_find(&js->table, id);
}

void journeys_give_back(struct journeys *js, struct journey *j)
{
	journey_table_free_journey(&js->table, j);
}

void journeys_each(struct journeys *js,
		   void (*fn)(void *arg, struct journey *j), void *arg)
{
	for (struct journey *j = js->table.oldest; j; j = j->links.newer)
		fn(arg, j);
	for (struct journey *j = js->table.aside; j; j = j->links.newer)
		fn(arg, j);
	for (struct journey *j = js->links.oldest; j; j = j->links.newer)
		fn(arg, j);
}

bool journeys_find_drop(const struct journeys *js, const struct drop_record *r,
			const struct drop_seen *seen, uint64_t read_ns,
			struct drop_sight *s, struct drop_match *m)
{
	if (!drop_sight_fill(s, r, seen, js->depth, js->table.snaplen))
		return false;
	s->read_ns = read_ns;
	s->gap = js->gap_ns && read_ns - js->gap_ns < GAP_NS;
	drop_join_find(m, &js->table, js->map, s);
	return true;
}

uint64_t journeys_begun(const struct journeys *js)
{
	return js->begun;
}

uint32_t journeys_open_count(const struct journeys *js)
{
	return js->table.open + js->links.count;
}
