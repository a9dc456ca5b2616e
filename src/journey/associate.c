// SPDX-License-Identifier: GPL-2.0-or-later
/* associate: which journey an event belongs to, by all that the kernel tells. */
#include "journey/associate.h"

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/ambiguity.h"
#include "journey/journey.h"
#include "journey/journey_table.h"
#include "journey/packet_ids.h"
#include "journey/score.h"
#include "packet/packet.h"
#include "place/place.h"

enum {
	RELAXED = -16,		/* only when events are missing in between */
	SWAPPED = -24,		/* only when a twin has got one of its events */
	FORK = -3,
	HERE = 8,		/* events: on a CPU at this very moment ... */
	TWINS = JOURNEY_TIES,	/* equal ones that are remembered */
	ID_SAME = 32, ID_OTHER = -32,	/* nft's trace id */
};

/* ... and for so long, as the reader may have read them one by one. */
static const uint64_t HERE_NS = 1000000;

/* A packet that no queue holds does not rest for so long between two rules. */
static const uint64_t ALIVE_NS = 20000000;

struct search {
	const struct journey_table *table;
	const struct path_map *map;
	const struct observation *c;
	bool stamps;
	struct candidate best;
	int score;
	bool truncated;			/* there were more of this key */
	unsigned int ambiguities;		/* beside the best */
	struct journey **twin;		/* room for TWINS */
	struct journey *namesake;	/* tied, of this stamp, and elsewhere */
};

/* Was the packet put aside since its last event, to be taken up in order? */
static bool waits(const struct path *path, const struct observation *c)
{
	return path->state == PATH_QUEUED || path_loops_back(path, c->e);
}

static bool is_here(const struct search *s, const struct journey *j)
{
	return s->table->events - j->last_event <= HERE &&
	       s->c->now_ns - j->last_ns <= HERE_NS;
}

/* How much of the table that the event is in has it behind it? */
static uint32_t nearness(const struct path *path, const struct observation *c)
{
	if (path->hook != c->e->hook || path->last->snap != c->at->snap ||
	    path->last->table != c->at->table)
		return 0;
	return 1 + (path->chain == c->at->chain_index ? path->after : 0);
}

static const struct path *path_of(const struct candidate *c)
{
	return &c->j->path[c->fork ? 0 : c->branch];
}

/*
 * Equal in all that is known.  Queues are first in, first out.  Else packets
 * that are alike meet the same rules: it is the one that leaves out fewer.  Of
 * two that run on two CPUs at the moment, the one that was silent for longer
 * is due; else the one that was seen last runs on, and the other has met its end.
 */
static bool comes_first(const struct search *s, const struct journey *a,
			const struct path *path)
{
	const struct journey *b = s->best.j;
	uint32_t near_a = nearness(path, s->c);
	uint32_t near_b = nearness(path_of(&s->best), s->c);

	if (waits(path, s->c))
		return a->last_event < b->last_event;
	if (near_a != near_b)
		return near_a > near_b;
	if (is_here(s, a) && is_here(s, b))
		return a->last_event < b->last_event;
	return a->last_event > b->last_event;
}

static void note_twin(struct search *s, struct journey *j,
		      const struct path *path)
{
	if (!waits(path, s->c) && j->last_ns + ALIVE_NS < s->c->now_ns)
		return;
	if (s->ambiguities < TWINS)
		s->twin[s->ambiguities] = j;
	s->ambiguities++;
}

static void take(struct search *s, struct journey *j, unsigned int branch,
		 bool fork, int score)
{
	if (!s->best.j || score > s->score)
		s->ambiguities = 0;
	s->best.j = j;
	s->best.branch = branch;
	s->best.fork = fork;
	s->score = score;
}

static void consider(struct search *s, struct journey *j, unsigned int branch,
		     bool fork, int score)
{
	const struct path *path = &j->path[fork ? 0 : branch];
	struct journey *other = s->best.j;

	if (!other || score > s->score) {
		take(s, j, branch, fork, score);
	} else if (score == s->score && other != j) {
		if (comes_first(s, j, path)) {
			take(s, j, branch, fork, score);
			note_twin(s, other, path);
		} else {
			note_twin(s, j, path);
		}
	}
}

/*
 * Twins that were taken for one another: what is left for the one may be any
 * rule of the table that it is in.
 */
static bool is_left_over(const struct journey *j, const struct path *path,
			 const struct observation *c)
{
	return j->flags & JOURNEY_TIED && path->state == PATH_IN_CHAIN &&
	       path->hook == c->e->hook && path->last->snap == c->at->snap &&
	       path->last->table == c->at->table && !path_is_start(c->at);
}

/*
 * Only what this host sent comes back, from where it was sent to; of what it
 * sends to many that is one copy (ip_mc_output).
 */
static bool may_come_back(const struct journey *j, const struct path *path,
			  const struct event *e)
{
	if (!path->local || path->out != e->in || e->phys_in)
		return false;
	for (unsigned int b = 0; b < j->branches; b++)
		if (!j->path[b].local)
			return false;
	return true;
}

static bool has_id(const struct journey *j, const struct path *path,
		   const struct event *e)
{
	return e->nft && j->trace_id &&
	       e->nft->id == (j->branches > 1 ? path->trace_id : j->trace_id);
}

/*
 * Nft's id tells whose an event is, whatever chains the map has: it may be made
 * anew, or a rule may have ended the tracing and a later one begun it again.
 * Of packets alike in legacy tables one may have got the other's id, and then
 * it is the map that shows it: packet_ids_settle().
 */
static bool is_told_by_id(const struct search *s, const struct journey *j,
			  const struct path *path)
{
	if (j->flags & JOURNEY_LEGACY && !s->map->untraced)
		return false;
	return has_id(j, path, s->c->e) && !path_is_start(s->c->at) &&
	       path_may_go_on(s->map, path, s->c->at, s->c->e);
}

/* Can the event follow?  *@penalty: less likely, as something must be amiss. */
static bool follows(const struct search *s, const struct journey *j,
		    const struct path *path, int *penalty)
{
	const struct observation *c = s->c;

	*penalty = 0;
	if (path_loops_back(path, c->e) && !may_come_back(j, path, c->e))
		return false;
	if (path_may_follow(s->map, path, c->at, c->e, false))
		return true;
	*penalty = RELAXED;
	if (is_told_by_id(s, j, path) ||
	    (j->flags & JOURNEY_GAP &&
	     path_may_follow(s->map, path, c->at, c->e, true)))
		return true;
	*penalty = SWAPPED;
	return is_left_over(j, path, c);
}

/* nft's id holds for a buffer; loopback makes another of it. */
static int id_score(const struct journey *j, const struct path *path,
		    const struct event *e)
{
	if (has_id(j, path, e))
		return ID_SAME;
	/* A copy has an id of its own, maybe one of a buffer that is free. */
	if (!e->nft || !j->trace_id || path_loops_back(path, e) ||
	    j->flags & JOURNEY_CLONES)
		return 0;
	return ID_OTHER;
}

static int fit_of(const struct search *s, const struct journey *j,
		  const struct path *path)
{
	if (s->c->e->flags & (EVENT_NO_HEADERS | EVENT_PARTIAL))
		return 0;
	return score_event(j, path, s->c->e, s->c->at, s->c->p, s->stamps);
}

static bool may_fork(const struct search *s, const struct journey *j)
{
	bool copied = j->flags & JOURNEY_CLONES || s->map->copied;

	if (!copied || j->branches == JOURNEY_BRANCHES ||
	    !path_may_fork(s->map, &j->path[0], s->c->at))
		return false;
	/* What this host sends to many: one copy, for itself (ip_mc_output). */
	return s->c->e->hook != NF_INET_POST_ROUTING ||
	       !j->path[0].born_local || j->branches == 1;
}

static bool is_namesake(const struct search *s, const struct journey *j)
{
	return j->flags & JOURNEY_TIED && packet_ids_same_stamp(j, s->c->e);
}

static void weigh(struct search *s, struct journey *j)
{
	bool any = false;
	int penalty;

	for (unsigned int b = 0; b < j->branches; b++) {
		const struct path *path = &j->path[b];

		if (!follows(s, j, path, &penalty))
			continue;
		any = true;
		consider(s, j, b, false, penalty + fit_of(s, j, path) +
			 id_score(j, path, s->c->e));
	}
	if (!any && is_namesake(s, j))
		s->namesake = j;
	/* Hence none here. */
	if (!any && may_fork(s, j))
		consider(s, j, j->branches, true,
			 FORK + fit_of(s, j, &j->path[0]));
}

/*
 * A packet that user space has rewritten: any that was queued.  Most events
 * that fit no journey are those behind a gap, where nothing was ever queued.
 */
static void weigh_queued(struct search *s)
{
	if (!s->table->queues)
		return;
	for (struct journey *j = s->table->newest; j; j = j->older)
		if (j->path[0].state == PATH_QUEUED &&
		    j->nfproto == s->c->e->nfproto)
			weigh(s, j);
}

/*
 * At a packet's first rule nothing less than a good fit is the same one.  And
 * where events were lost, the packet's own journey may be missing.
 */
static bool begins(const struct search *s)
{
	if (s->best.fork)
		return false;
	return (path_is_start(s->c->at) && s->score <= RELAXED) ||
	       (s->best.j->flags & JOURNEY_GAP && s->score <= SCORE_REFUTED);
}

/*
 * The usual case: one journey of this key and of one branch, which the event
 * may follow.  Nothing is to be weighed; NULL: something is.
 */
static struct journey *only_one(const struct journey_table *table,
				const struct path_map *map,
				const struct observation *c)
{
	const unsigned int special = JOURNEY_GAP | JOURNEY_CLONES |
				     JOURNEY_TIED;
	struct journey *j, *found = NULL;

	if (path_is_start(c->at))
		return NULL;
	for (j = journey_table_bucket(table, c->key); j; j = j->hash_next) {
		if (j->key != c->key || j->nfproto != c->e->nfproto)
			continue;
		if (found || j->flags & special || j->branches != 1)
			return NULL;
		found = j;
	}
	if (!found || (c->e->nft && found->trace_id) ||
	    path_loops_back(&found->path[0], c->e) ||
	    !path_may_follow(map, &found->path[0], c->at, c->e, false))
		return NULL;
	return found;
}

/* What the choice of the best leaves open. */
static void note_doubts(struct search *s)
{
	struct journey *j = s->best.j;
	int penalty = 0;

	if (j->flags & JOURNEY_TIED && !s->best.fork &&
	    follows(s, j, path_of(&s->best), &penalty) && penalty == SWAPPED)
		j->flags |= JOURNEY_AMBIGUOUS;
	/* Who waits for longest may be among those that were not looked at. */
	if (s->ambiguities > TWINS ||
	    (s->truncated && waits(path_of(&s->best), s->c)))
		j->flags |= JOURNEY_AMBIGUOUS;
	for (unsigned int i = 0; i < s->ambiguities && i < TWINS; i++)
		if (s->twin[i] != j)
			ambiguity_link(j, s->twin[i]);
	/* By accident two have one stamp, and this one's got a third one's event. */
	if (s->namesake && s->namesake != j &&
	    packet_ids_same_stamp(j, s->c->e))
		ambiguity_cross(j, s->namesake);
}

static struct candidate find_best(const struct journey_table *table,
				  const struct path_map *map,
				  const struct observation *c, bool stamps)
{
	struct journey *twin[TWINS];
	struct search s = {
		.table = table, .map = map, .c = c, .stamps = stamps,
		.twin = twin,
	};
	unsigned int left = JOURNEY_TABLE_WALK;
	struct journey *j;

	for (j = journey_table_bucket(table, c->key); j && left;
	     j = j->hash_next) {
		if (j->key != c->key || j->nfproto != c->e->nfproto)
			continue;
		left--;
		weigh(&s, j);
	}
	s.truncated = j;
	if (!s.best.j && !path_is_start(c->at))
		weigh_queued(&s);
	if (!s.best.j || begins(&s))
		return (struct candidate){ .j = NULL };
	note_doubts(&s);
	return s.best;
}

struct candidate associate_find(const struct journey_table *table,
				const struct path_map *map,
				const struct observation *c, bool stamps)
{
	struct journey *j = only_one(table, map, c);

	if (j)
		return (struct candidate){ .j = j };
	return find_best(table, map, c, stamps);
}

struct candidate associate_find_blind(const struct journey_table *table,
				      const struct path_map *map,
				      const struct observation *c)
{
	struct journey *twin[TWINS];
	struct search s = {
		.table = table, .map = map, .c = c, .twin = twin,
	};
	unsigned int left = JOURNEY_TABLE_WALK;

	for (struct journey *j = table->newest; j && left--; j = j->older)
		if (j->nfproto == c->e->nfproto && packet_is_extended(&j->first))
			weigh(&s, j);
	if (s.best.j)
		note_doubts(&s);
	return s.best;
}

/*
 * While a table is made anew its chains are there twice for a moment, or not
 * yet known; the id is all that is left then.
 */
static bool is_being_made(const struct path *path, const struct place *at)
{
	return at->state == PLACE_PENDING ||
	       path->last->state == PLACE_PENDING ||
	       (path->state == PATH_TABLE_DONE && at->hook == path->hook &&
		at->slot == path->slot);
}

static bool may_be_next(const struct path_map *map, const struct journey *j,
			const struct path *path, const struct observation *c)
{
	/* Beside legacy events the id may be another's: is_told_by_id(). */
	if (!(j->flags & JOURNEY_LEGACY) &&
	    path_may_go_on(map, path, c->at, c->e))
		return true;
	if (j->flags & JOURNEY_KEPT)
		return false;
	return path_may_follow(map, path, c->at, c->e,
			       j->flags & JOURNEY_GAP) ||
	       (path->state != PATH_ENDED && is_being_made(path, c->at));
}

bool associate_follows(const struct path_map *map, const struct journey *j,
		       const struct observation *c, unsigned int *branch)
{
	unsigned int found = j->branches;

	/* Of several the one that has the id, else the packet itself. */
	for (unsigned int b = j->branches; b-- > 0;)
		if (may_be_next(map, j, &j->path[b], c) &&
		    (found == j->branches ||
		     j->path[found].trace_id != c->e->nft->id))
			found = b;
	*branch = found;
	return found < j->branches;
}

bool associate_is_name(const struct journey *j, const struct observation *c)
{
	return !(j->flags & (JOURNEY_LEGACY | JOURNEY_TIED | JOURNEY_GAP |
			     JOURNEY_CLONES)) &&
	       j->key == c->key && !path_loops_back(&j->path[0], c->e);
}
