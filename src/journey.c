// SPDX-License-Identifier: GPL-2.0-or-later
/* journey: puts each packet's events together by all the evidence there is. */
#include "journey.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>

#include "change.h"
#include "event.h"
#include "identity.h"
#include "place.h"

enum {
	BUCKETS = 8192,
	OPEN_MAX = 4096,	/* journeys under way; the oldest is closed */
	FIRST_ROOM = 24,
	LOOPBACK_IFINDEX = 1,
};

static const uint64_t MS = 1000000;

/* Silence after which a journey is closed: with all seen, or not. */
static const uint64_t CLONE_SILENCE_MS = 30, SILENCE_MS = 250;

struct journeys {
	struct journey *bucket[BUCKETS];
	struct journey *oldest, *newest;
	struct journey *spare;		/* list by .newer */
	uint32_t open;
	uint32_t snaplen;
	uint32_t suspects;	/* journeys after a gap that may lack a head */
	uint32_t gap_lost;	/* of the last gap */
	uint32_t cpus;
	bool foreign_trace;
	const struct path_map *map;
	const struct journey_ops *ops;
	void *arg;
};

const char *fate_word(enum fate_kind kind)
{
	static const char *const words[FATE_COUNT] = {
		[FATE_DROP] = "DROP",
		[FATE_REJECT] = "REJECT",
		[FATE_DELIVERED] = "DELIVERED",
		[FATE_FORWARDED] = "FORWARDED",
		[FATE_SENT] = "SENT",
		[FATE_QUEUE] = "QUEUE",
		[FATE_STOLEN] = "STOLEN",
		[FATE_LOST] = "LOST",
		[FATE_UNKNOWN] = "UNKNOWN",
		[FATE_INCOMPLETE] = "INCOMPLETE",
	};

	return words[kind];
}

struct journeys *journeys_open(const struct path_map *map, uint32_t snaplen,
			       bool foreign_trace,
			       const struct journey_ops *ops, void *arg)
{
	struct journeys *js = calloc(1, sizeof(*js));
	long cpus = sysconf(_SC_NPROCESSORS_CONF);

	if (!js)
		return NULL;
	js->map = map;
	js->snaplen = snaplen;
	js->cpus = cpus > 0 ? (uint32_t)cpus : 1;
	js->foreign_trace = foreign_trace;
	js->ops = ops;
	js->arg = arg;
	return js;
}

static void journey_free(struct journey *j)
{
	if (!j)
		return;
	free(j->step);
	free(j->change);
	free(j->path);
	free(j->bytes);
	free(j->last_bytes);
	free(j);
}

/* Memory of closed journeys is used again: no allocation an event. */
static struct journey *journey_new(struct journeys *js)
{
	struct journey *j = js->spare;

	if (j) {
		js->spare = j->newer;
		return j;
	}
	j = calloc(1, sizeof(*j));
	if (!j)
		return NULL;
	j->step = malloc(FIRST_ROOM * sizeof(*j->step));
	j->change = malloc(JOURNEY_CHANGES * sizeof(*j->change));
	j->path = malloc(sizeof(*j->path));
	j->bytes = malloc(js->snaplen + 1);
	j->last_bytes = malloc(js->snaplen + 1);
	j->room = FIRST_ROOM;
	if (j->step && j->change && j->path && j->bytes && j->last_bytes)
		return j;
	journey_free(j);
	return NULL;
}

static void unlink_age(struct journeys *js, struct journey *j)
{
	*(j->older ? &j->older->newer : &js->oldest) = j->newer;
	*(j->newer ? &j->newer->older : &js->newest) = j->older;
}

static void link_newest(struct journeys *js, struct journey *j)
{
	j->newer = NULL;
	j->older = js->newest;
	*(js->newest ? &js->newest->newer : &js->oldest) = j;
	js->newest = j;
}

static void link_hash(struct journeys *js, struct journey *j)
{
	struct journey **head = &js->bucket[j->key % BUCKETS];

	j->hash_next = *head;
	j->hash_prev = head;
	if (*head)
		(*head)->hash_prev = &j->hash_next;
	*head = j;
}

static void unlink_hash(struct journey *j)
{
	*j->hash_prev = j->hash_next;
	if (j->hash_next)
		j->hash_next->hash_prev = j->hash_prev;
}

static void find_fates(struct journeys *js, struct journey *j)
{
	for (unsigned int b = 0; b < j->branches; b++) {
		path_fate(js->map, &j->path[b], &j->fate[b]);
		if (j->flags & (JOURNEY_GAP | JOURNEY_HEADLESS)) {
			j->fate[b].kind = FATE_INCOMPLETE;
			j->fate[b].by = NULL;
		}
	}
}

static void finish(struct journeys *js, struct journey *j)
{
	unlink_age(js, j);
	unlink_hash(j);
	js->open--;
	find_fates(js, j);
	if (j->steps)
		js->ops->done(js->arg, j);
	j->newer = js->spare;
	js->spare = j;
}

void journeys_close(struct journeys *js)
{
	struct journey *j, *next;

	if (!js)
		return;
	for (j = js->oldest; j; j = next) {
		next = j->newer;
		journey_free(j);
	}
	for (j = js->spare; j; j = next) {
		next = j->newer;
		journey_free(j);
	}
	free(js);
}

static void keep_bytes(const struct journeys *js, uint8_t *to,
		       struct packet *p, const struct packet *from)
{
	size_t len = from->caplen < js->snaplen ? from->caplen : js->snaplen;

	memcpy(to, from->data, len);
	*p = *from;
	p->data = to;
	if (from->src)
		p->src = to + (from->src - from->data);
	if (from->dst)
		p->dst = to + (from->dst - from->data);
}

static bool is_multicast(const struct packet *p)
{
	if (!p->dst)
		return false;
	if (p->addr_len == 16)
		return p->dst[0] == 0xff;
	return p->dst[0] >= 224 && p->dst[0] < 240;
}

/* Sent to many: to an ethernet group address, an IP one, or over a bridge. */
static bool may_clone(const struct event *e, const struct packet *p)
{
	if (e->phys_in || is_multicast(p))
		return true;
	if (p->addr_len == 4 && p->dst && p->dst[3] == 255)
		return true;
	return e->hw_header_len >= 6 && e->hw_header[0] & 1;
}

static struct journey *begin(struct journeys *js, const struct event *e,
			     const struct packet *p, uint64_t key,
			     uint64_t wall_ns)
{
	struct journey *j;

	if (js->open >= OPEN_MAX)
		finish(js, js->oldest);
	j = journey_new(js);
	if (!j)
		return NULL;
	j->key = key;
	j->nfproto = e->nfproto;
	j->number = 0;
	j->steps = j->omitted = j->lost = 0;
	j->changes = 0;
	j->branches = 0;
	j->flags = 0;
	j->stamp_ns = 0;
	j->first_ns = wall_ns;
	if (e->flags & EVENT_HAS_STAMP) {
		j->first_ns = e->stamp_ns;
		j->flags |= JOURNEY_STAMPED;
	}
	j->uid = e->flags & EVENT_HAS_UID ? e->uid : UINT32_MAX;
	j->hw_header_len = e->hw_header_len < sizeof(j->hw_header) ?
		e->hw_header_len : sizeof(j->hw_header);
	if (j->hw_header_len)
		memcpy(j->hw_header, e->hw_header, j->hw_header_len);
	keep_bytes(js, j->bytes, &j->first, p);
	keep_bytes(js, j->last_bytes, &j->last, p);
	js->open++;
	link_hash(js, j);
	link_newest(js, j);
	return j;
}

/* How well an event fits a journey that it may belong to. */
static int score(const struct journey *j, const struct path *path,
		 const struct event *e, const struct packet *p)
{
	int s = 0;

	/*
	 * One stamp, one packet.  TCP of a local socket shows the time of
	 * each call instead, so there a difference says nothing.
	 */
	if (j->stamp_ns && e->flags & EVENT_HAS_STAMP) {
		if (j->stamp_ns == e->stamp_ns)
			s += 16;
		else if (p->proto != IPPROTO_TCP)
			s -= 16;
	}
	if (identity_same_headers(&j->last, p))
		s += 4;
	if (path->out == e->out || !path->out)
		s += 1;
	if (path->last->hook == e->hook || e->hook == path->hook)
		s += 2;
	return s;
}

struct candidate {
	struct journey *j;
	unsigned int branch;
	bool fork, twins;
	int score;
};

static bool loops_back(const struct path *path, const struct event *e)
{
	return path->hook != NF_INET_POST_ROUTING ||
	       e->hook != NF_INET_PRE_ROUTING || path->out == e->in;
}

static void consider(struct candidate *best, struct journey *j,
		     unsigned int branch, bool fork, int s)
{
	if (!best->j || s > best->score) {
		best->j = j;
		best->branch = branch;
		best->fork = fork;
		best->twins = false;
		best->score = s;
	} else if (s == best->score && best->j != j) {
		best->twins = true;
	}
}

static void weigh(struct journeys *js, struct candidate *best,
		  struct journey *j, const struct event *e,
		  const struct place *at, const struct packet *p)
{
	bool relaxed = j->flags & JOURNEY_GAP;
	bool follows = false;

	for (unsigned int b = 0; b < j->branches; b++) {
		struct path *path = &j->path[b];

		if (!path_may_follow(js->map, path, at, e, relaxed) ||
		    !loops_back(path, e))
			continue;
		follows = true;
		consider(best, j, b, false, score(j, path, e, p));
	}
	if (!follows && j->branches < JOURNEY_BRANCHES &&
	    (j->flags & JOURNEY_CLONES) &&
	    path_may_fork(js->map, &j->path[0], at))
		consider(best, j, j->branches, true,
			 score(j, &j->path[0], e, p) - 3);
}

static struct candidate find(struct journeys *js, const struct event *e,
			     const struct place *at, const struct packet *p,
			     uint64_t key)
{
	struct candidate best = { .j = NULL };
	struct journey *j;

	for (j = js->bucket[key % BUCKETS]; j; j = j->hash_next)
		if (j->key == key && j->nfproto == e->nfproto)
			weigh(js, &best, j, e, at, p);
	/* A packet that user space has rewritten: any that was queued. */
	if (!best.j && !path_is_start(at))
		for (j = js->newest; j; j = j->older)
			if (j->path[0].state == PATH_QUEUED &&
			    j->nfproto == e->nfproto)
				weigh(js, &best, j, e, at, p);
	return best;
}

static bool add_branch(struct journey *j)
{
	struct path *more = realloc(j->path, (j->branches + 1u) *
					     sizeof(*more));

	if (!more)
		return false;
	j->path = more;
	j->branches++;
	return true;
}

static struct step *add_step(struct journey *j)
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

static void record(struct journeys *js, struct journey *j, unsigned int branch,
		   const struct event *e, const struct place *at,
		   const struct packet *p)
{
	struct step *s;

	change_find(j, branch, e, at, p);
	if (!identity_same_headers(&j->last, p))
		keep_bytes(js, j->last_bytes, &j->last, p);
	if (e->flags & EVENT_HAS_STAMP)
		j->stamp_ns = e->stamp_ns;
	if (at->order == T_DNAT)
		j->flags |= JOURNEY_NAT;
	if (at->changes & CHANGE_CLONE || may_clone(e, p))
		j->flags |= JOURNEY_CLONES;
	if (j->uid == UINT32_MAX && e->flags & EVENT_HAS_UID)
		j->uid = e->uid;
	if (at->own)
		return;
	s = add_step(j);
	if (!s)
		return;
	s->place = at;
	s->mark = e->mark;
	s->in = e->in;
	s->out = e->out;
	s->phys_in = e->phys_in;
	s->phys_out = e->phys_out;
	s->branch = (uint8_t)branch;
}

/* Nothing can follow: no table is left, and no copy can turn up. */
static bool is_over(const struct journeys *js, const struct journey *j)
{
	for (unsigned int b = 0; b < j->branches; b++) {
		const struct path *p = &j->path[b];
		bool nat = j->flags & JOURNEY_NAT ||
			((p->hook == NF_INET_PRE_ROUTING ||
			  p->hook == NF_INET_LOCAL_OUT) && p->order < T_DNAT);

		if (j->flags & JOURNEY_CLONES && p->state != PATH_ENDED)
			return false;
		if (p->hook == NF_INET_POST_ROUTING &&
		    p->out == LOOPBACK_IFINDEX && p->state != PATH_ENDED)
			return false;
		if (!path_is_over(js->map, p, nat))
			return false;
	}
	return !(j->flags & JOURNEY_CLONES) || j->branches == 1;
}

static void suspect(struct journeys *js, struct journey *j,
		    const struct place *at)
{
	if (!path_is_start(at) && !js->foreign_trace)
		j->flags |= JOURNEY_HEADLESS;
	if (js->suspects) {
		js->suspects--;
		j->flags |= JOURNEY_GAP;
		j->lost = js->gap_lost;
	}
}

static struct journey *begin_at(struct journeys *js, const struct event *e,
				const struct place *at,
				const struct packet *p, uint64_t key,
				uint64_t wall_ns)
{
	struct journey *j = begin(js, e, p, key, wall_ns);

	if (!j)
		return NULL;
	path_begin(&j->path[0], at, e);
	j->branches = 1;
	suspect(js, j, at);
	return j;
}

void journeys_add(struct journeys *js, const struct event *e,
		  const struct place *at, uint64_t now_ns, uint64_t wall_ns)
{
	struct candidate c;
	struct packet p;
	uint64_t key;

	packet_decode(&p, e->nfproto, e->payload, e->payload_len);
	key = identity_key(&p);
	c = find(js, e, at, &p, key);
	if (c.j && path_is_start(at) && c.score < 0)
		c.j = NULL;
	if (c.j && c.fork && !add_branch(c.j))
		c.j = NULL;
	if (!c.j) {
		c.j = begin_at(js, e, at, &p, key, wall_ns);
		c.branch = 0;
		if (!c.j)
			return;
	} else if (c.fork) {
		path_begin(&c.j->path[c.branch], at, e);
		c.j->path[c.branch].local = c.j->path[0].local;
	} else {
		path_advance(&c.j->path[c.branch], at, e);
	}
	if (c.twins)
		c.j->flags |= JOURNEY_AMBIGUOUS;
	record(js, c.j, c.branch, e, at, &p);
	c.j->last_ns = now_ns;
	if (is_over(js, c.j)) {
		finish(js, c.j);
	} else if (js->newest != c.j) {
		unlink_age(js, c.j);
		link_newest(js, c.j);
	}
}

void journeys_gap(struct journeys *js, uint32_t lost)
{
	for (struct journey *j = js->oldest; j; j = j->newer) {
		j->flags |= JOURNEY_GAP;
		j->lost += lost;
	}
	/*
	 * Every context of every CPU can have had one packet under way whose
	 * first events are among the lost.
	 */
	js->suspects = 4 * js->cpus;
	js->gap_lost = lost;
}

static uint64_t silence_ns(const struct journey *j)
{
	for (unsigned int b = 0; b < j->branches; b++)
		if (j->path[b].state != PATH_TABLE_DONE &&
		    j->path[b].state != PATH_ENDED)
			return SILENCE_MS * MS;
	if (j->flags & JOURNEY_CLONES &&
	    j->path[0].hook != NF_INET_PRE_ROUTING)
		return CLONE_SILENCE_MS * MS;
	return SILENCE_MS * MS;
}

int journeys_expire(struct journeys *js, uint64_t now_ns)
{
	struct journey *j, *next;
	uint64_t due = UINT64_MAX;

	for (j = js->oldest; j; j = next) {
		uint64_t at = j->last_ns + silence_ns(j);

		next = j->newer;
		if (at <= now_ns)
			finish(js, j);
		else if (at < due)
			due = at;
		/* They are in order of age: the rest is younger. */
		if (j->last_ns + CLONE_SILENCE_MS * MS > now_ns)
			break;
	}
	if (due == UINT64_MAX)
		return js->open ? (int)CLONE_SILENCE_MS : -1;
	return (int)((due - now_ns) / MS) + 1;
}

void journeys_finish(struct journeys *js)
{
	while (js->oldest)
		finish(js, js->oldest);
}

uint32_t journeys_open_count(const struct journeys *js)
{
	return js->open;
}
