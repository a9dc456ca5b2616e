// SPDX-License-Identifier: GPL-2.0-or-later
/* associate: which journey an event belongs to, by all that the kernel tells. */
#include "journey/associate.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/ambiguity.h"
#include "journey/journey.h"
#include "journey/journey_table.h"
#include "journey/packet_ids.h"
#include "journey/path_next.h"
#include "journey/rival.h"
#include "journey/score.h"
#include "packet/packet.h"
#include "place/place.h"
#include "rules/base/units.h"

enum {
	HERE = 8,		/* events since its last: on a CPU at this moment ... */
	TWINS = JOURNEY_TIES,	/* rivals of one score that are remembered */
};

/* ... and for so long, as the reader may have read them one by one. */
static const uint64_t HERE_NS = NS_PER_MS;

/* A packet that no queue holds does not rest for so long between two rules. */
static const uint64_t ALIVE_NS = 20000000, ALIVE_TIED_NS = 100000000;

static const int penalty[] = {
	[ANSWER_ROBBED] = SCORE_ROBBED, [ANSWER_SWAPPED] = SCORE_SWAPPED,
	[ANSWER_RELAXED] = SCORE_RELAXED, [ANSWER_STRICT] = 0,
};

struct search {
	const struct journey_table *table;
	const struct path_map *map;
	const struct observation *o;
	bool stamps;
	struct rival best;
	bool truncated;			/* there were more of this key */
	unsigned int ambiguities;	/* beside the best */
	struct journey **twin;		/* room for TWINS */
	struct journey *namesake;	/* a tied journey of this receive stamp that cannot
					 * be at this rule */
};

static bool is_here(const struct search *s, const struct journey *j)
{
	return s->table->events - j->last_event <= HERE &&
	       s->o->now_ns - j->last_ns <= HERE_NS;
}

/* How much of the event's table is behind the path?  0: the path is not in it. */
static uint32_t nearness(const struct path *path, const struct observation *o)
{
	if (path->hook != o->e->hook || path->last->snap != o->at->snap ||
	    path->last->table != o->at->table)
		return 0;
	return 1 + (path->chain == o->at->chain_index ? path->after : 0);
}

/* Of packets alike who was asked by nat at this hook leaves it before who is yet to be. */
static bool has_met_nat(const struct path *path, const struct observation *o)
{
	return path->hook == o->at->hook &&
	       path->seen & o->hooks[path->hook].may;
}

/*
 * Two rivals of one score: is the new one meant?  Queues are first in, first
 * out.  Else packets that are alike meet the same rules, so the event is of the
 * one that leaves out fewer of them.  Of two that run on two CPUs at the moment
 * the one that was silent for longer is due; else the one that was seen last
 * runs on, and the other has met its end.
 */
static bool comes_first(const struct search *s, const struct rival *r)
{
	const struct journey *a = r->j, *b = s->best.j;
	uint32_t near_a = nearness(r->path, s->o);
	uint32_t near_b = nearness(s->best.path, s->o);

	if (r->waits)
		return a->last_event < b->last_event;
	if (near_a != near_b)
		return near_a > near_b;
	if (s->o->at->witness && has_met_nat(r->path, s->o) !=
				 has_met_nat(s->best.path, s->o))
		return has_met_nat(r->path, s->o);
	if (is_here(s, a) && is_here(s, b))
		return a->last_event < b->last_event;
	return a->last_event > b->last_event;
}

/*
 * How long for certain: a reader that comes late finds what was made at once apart.  And of
 * what is tied a twin may have got the last event, or the last few.
 */
static bool has_rested(const struct search *s, const struct journey *j)
{
	uint64_t for_ns = j->flags & JOURNEY_TIED ? ALIVE_TIED_NS : ALIVE_NS;

	return j->last_ns + for_ns < s->o->since_ns;
}

/* A packet that rested for too long between two rules is over: no twin. */
static void note_twin(struct search *s, struct journey *j, bool waits)
{
	if (!waits && has_rested(s, j))
		return;
	if (s->ambiguities < TWINS)
		s->twin[s->ambiguities] = j;
	s->ambiguities++;
}

static void consider(struct search *s, const struct rival *r)
{
	struct journey *other = s->best.j;

	if (!other || r->score > s->best.score) {
		s->ambiguities = 0;
		s->best = *r;
	} else if (r->score == s->best.score && other != r->j) {
		bool first = comes_first(s, r);

		if (first)
			s->best = *r;
		note_twin(s, first ? other : r->j, r->waits);
	}
}

static int packet_score(const struct search *s, const struct rival *r)
{
	if (s->o->headers == HEADERS_NONE)
		return 0;
	return s->o->headers == HEADERS_PARTIAL ? score_part(r->path, s->o) :
		score_event(r->j, r->path, s->o, s->stamps);
}

static bool may_have_copied(const struct search *s, const struct journey *j)
{
	bool copied = j->flags & JOURNEY_COPIES || s->map->copied;

	if (!copied || j->branches == JOURNEY_BRANCHES ||
	    !path_may_copy(s->map, &j->path[0], s->o))
		return false;
	/* What this host sends to many: one copy, for itself (ip_mc_output). */
	return s->o->e->hook != NF_INET_POST_ROUTING ||
	       !j->path[0].born_local || j->branches == 1;
}

static bool weigh_branch(struct search *s, struct journey *j,
			 unsigned int branch)
{
	struct rival r = { .j = j, .path = &j->path[branch], .branch = branch };
	bool loops_back = path_loops_back(r.path, s->o);

	r.answer = rival_ask(s->map, &r, s->o, loops_back);
	if (r.answer == ANSWER_NO)
		return false;
	r.waits = r.path->state == PATH_QUEUED || loops_back;
	r.score = penalty[r.answer] + packet_score(s, &r) +
		  rival_id_score(&r, s->o->e,
				 loops_back || path_crosses_vrf(r.path, s->o));
	consider(s, &r);
	return true;
}

/*
 * As the packet was when its first hook let it go, where copies of it begin; those of
 * a rule begin where that is, and take the way to its gateway.
 */
static int copy_score(const struct search *s, const struct rival *r)
{
	struct path root = *r->path;
	struct rival of = *r;

	of.path = &root;
	if (s->o->at->hook == NF_INET_LOCAL_OUT) {
		root.look.view.out = 0;
		return packet_score(s, &of);
	}
	if (!r->j->root.seen)
		return packet_score(s, r);
	root.look = r->j->root.look;
	root.hook = root.born_local ? NF_INET_LOCAL_OUT : NF_INET_PRE_ROUTING;
	return packet_score(s, &of);
}

static void weigh_copy(struct search *s, struct journey *j)
{
	struct rival r = {
		.j = j, .path = &j->path[0], .branch = j->branches,
		.copy = true, .answer = ANSWER_STRICT,
	};

	r.waits = r.path->state == PATH_QUEUED || path_loops_back(r.path, s->o);
	r.score = SCORE_COPY + copy_score(s, &r);
	/* Whoever it is of, it is not of this one. */
	if (r.score <= SCORE_REFUTED)
		return;
	consider(s, &r);
}

/* A journey that can have made the event itself makes no copy that has. */
static void weigh(struct search *s, struct journey *j)
{
	bool any = false;

	if (j->origin != s->o->origin)
		return;
	for (unsigned int b = 0; b < j->branches; b++)
		any |= weigh_branch(s, j, b);
	if (any)
		return;
	if (j->flags & JOURNEY_TIED && packet_ids_same_stamp(j, s->o->e))
		s->namesake = j;
	if (may_have_copied(s, j))
		weigh_copy(s, j);
}

/*
 * A packet that user space has rewritten: any that was queued.  Most events
 * that fit no journey are those behind a gap, where nothing was ever queued.
 * What has extensions fits none by its key: associate_find_blind().
 */
static void weigh_queued(struct search *s)
{
	if (!s->table->queues)
		return;
	for (struct journey *j = s->table->newest; j; j = j->links.older)
		if (j->path[0].state == PATH_QUEUED &&
		    j->nfproto == s->o->e->nfproto)
			weigh(s, j);
}

/*
 * At a packet's first rule nothing less than a good fit is the same one.  And
 * where events were lost, the packet's own journey may be missing.
 */
static bool begins(const struct search *s)
{
	if (s->best.copy)
		return false;
	return (s->o->is_start && s->best.score <= SCORE_RELAXED) ||
	       ((s->best.j->flags & JOURNEY_GAP || s->map->excerpt) &&
		s->best.score <= SCORE_REFUTED);
}

/*
 * The usual case: one journey of this key and of one branch, which the event
 * may follow.  Nothing is to be weighed; NULL: something is.
 */
static struct journey *find_only(const struct journey_table *table,
				 const struct path_map *map,
				 const struct observation *o)
{
	struct journey *j, *found = NULL;

	if (o->is_start)
		return NULL;
	for (j = journey_table_bucket(table, o->key); j; j = j->links.hash_next) {
		if (j->key != o->key || j->nfproto != o->e->nfproto)
			continue;
		if (found || !associate_is_plain(j))
			return NULL;
		found = j;
	}
	if (found && !o->e->nft &&
	    (path_is_next_rule(&found->path[0], o) ||
	     path_is_next_hook(&found->path[0], o)))
		return found;
	if (!found || (o->e->nft && found->trace_id) ||
	    path_loops_back(&found->path[0], o) ||
	    path_may_follow(map, &found->path[0], o) != PATH_STRICT)
		return NULL;
	return found;
}

/* What the choice of the best leaves open. */
static void note_doubts(struct search *s)
{
	struct journey *j = s->best.j;

	if (s->best.answer == ANSWER_SWAPPED)
		j->flags |= JOURNEY_AMBIGUOUS;
	/* Who waits for longest may be among those that were not looked at. */
	if (s->ambiguities > TWINS || (s->truncated && s->best.waits))
		j->flags |= JOURNEY_AMBIGUOUS;
	for (unsigned int i = 0; i < s->ambiguities && i < TWINS; i++)
		if (s->twin[i] != j)
			ambiguity_link(j, s->twin[i]);
	/*
	 * Two packets have one stamp by accident, and the namesake cannot have
	 * made this event: one of those before it was given to the wrong one.
	 */
	if (s->namesake && s->namesake != j &&
	    packet_ids_same_stamp(j, s->o->e))
		ambiguity_cross(j, s->namesake);
}

static struct candidate candidate_of(const struct rival *r)
{
	return (struct candidate){
		.j = r->j, .branch = r->branch, .copy = r->copy,
	};
}

/* Apart, as there is much to be put up for it. */
static __attribute__((noinline)) struct candidate
find_best(const struct journey_table *table, const struct path_map *map,
	  const struct observation *o, bool stamps)
{
	struct journey *twin[TWINS];
	struct search s = {
		.table = table, .map = map, .o = o, .stamps = stamps,
		.twin = twin,
	};
	unsigned int left = JOURNEY_TABLE_WALK;
	struct journey *j;

	for (j = journey_table_bucket(table, o->key); j && left;
	     j = j->links.hash_next) {
		if (j->key != o->key || j->nfproto != o->e->nfproto)
			continue;
		left--;
		weigh(&s, j);
	}
	s.truncated = j;
	if (!s.best.j && !o->is_start && o->headers != HEADERS_PARTIAL)
		weigh_queued(&s);
	if (!s.best.j || begins(&s))
		return (struct candidate){ .j = NULL };
	note_doubts(&s);
	return candidate_of(&s.best);
}

struct candidate associate_find(const struct journey_table *table,
				const struct path_map *map,
				const struct observation *o, bool stamps)
{
	struct journey *j = find_only(table, map, o);

	if (j)
		return (struct candidate){ .j = j, .only = true };
	return find_best(table, map, o, stamps);
}

struct candidate associate_find_blind(const struct journey_table *table,
				      const struct path_map *map,
				      const struct observation *o)
{
	struct journey *twin[TWINS];
	struct search s = {
		.table = table, .map = map, .o = o, .twin = twin,
	};
	unsigned int left = JOURNEY_TABLE_WALK;

	for (struct journey *j = table->newest; j && left--; j = j->links.older)
		if (j->nfproto == o->e->nfproto && packet_is_extended(&j->first))
			weigh(&s, j);
	if (s.best.j)
		note_doubts(&s);
	return candidate_of(&s.best);
}
