// SPDX-License-Identifier: GPL-2.0-or-later
/* drops: the kernel's drop records, each to its packet, whether that is printed or not. */
#include "reader/drops.h"

#include <stdlib.h>
#include <string.h>

#include "drop/record.h"
#include "drop/ring.h"
#include "journey/drop_join.h"
#include "journey/drop_meaning.h"
#include "journey/fate_drop.h"
#include "journey/journey.h"
#include "journey/journeys.h"
#include "protocol/bulletin.h"
#include "protocol/drop_places.h"
#include "protocol/stats.h"
#include "reader/drop_gaps.h"
#include "reader/drop_groups.h"
#include "reader/drop_memory.h"
#include "reader/drop_queue.h"
#include "reader/drop_words.h"
#include "reader/order.h"
#include "report/report.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"

enum {
	WAITING = 8192,		/* records until their place has a name */
	SYMBOL_ANSWER_MS = 10000,	/* for the supervisor, which may be taking its rules out */
	LATE_LOOK_MS = 100,		/* between two looks for what comes late */
};

/* A record whose place has no name yet. */
struct waiting {
	struct drop_record r;
	uint64_t read_ns;
};

struct drops {
	struct drops_env env;
	struct drop_memory *memory;
	uint64_t mark, mark_ns, complete_ns;
	uint64_t mark_lost;		/* records, at the mark */
	uint64_t untold;		/* whose reason there was no room for here */
	/* None was lost before: the ring was not full yet.  0: none was, as far as is known. */
	uint64_t full_ns;
	unsigned long fills_at;		/* before this place in the ring it cannot be full */
	struct drop_gaps gaps;
	struct drop_queue queue;
	uint64_t told_ns;		/* of the packet that was told of last, its end */
	bool marked;
	bool nobody_answers;
	const struct drop_place_answer *overdue;	/* waited for in vain; NULL: none */
	struct drop_words words;
	struct drop_groups groups;
	uint64_t asked_ns[DROP_PLACES];	/* 0: not yet */
	struct waiting waiting[WAITING];	/* a ring */
	unsigned int first, waits;
};

/* With what is read by now, records before this place find room in the ring. */
static unsigned long ring_end(const struct drops *d)
{
	return d->env.ring->position + d->env.ring->size - 2 * DROP_QUEUE_ROOM;
}

struct drops *drops_open(const struct drops_env *env)
{
	struct drops *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->env = *env;
	d->fills_at = ring_end(d);
	d->memory = drop_memory_open();
	if (d->memory)
		return d;
	free(d);
	return NULL;
}

void drops_close(struct drops *d)
{
	if (d) {
		drop_memory_close(d->memory);
		drop_queue_free(&d->queue);
	}
	free(d);
}

/* Who is stuck answers no other question sooner. */
static bool is_overdue(const struct drops *d)
{
	return d->overdue && !drop_places_answered(d->overdue);
}

/* What is told of a location: false: not yet, and it is worth waiting. */
static bool find_place(struct drops *d, uint64_t location, uint64_t now_ns,
		       const char **symbol)
{
	const struct drop_place_answer *a;
	bool fresh;
	int i = drop_places_note(&d->env.stats->drop_places, location, &fresh);

	*symbol = NULL;
	if (i < 0)
		return true;
	if (fresh) {
		d->asked_ns[i] = now_ns;
		d->env.ask(d->env.arg);
	}
	a = &d->env.bulletin->drop_place[i];
	if (drop_places_answered(a)) {
		*symbol = drop_places_symbol(a);
		return true;
	}
	if (d->nobody_answers || is_overdue(d))
		return true;
	if (now_ns - d->asked_ns[i] < SYMBOL_ANSWER_MS * NS_PER_MS)
		return false;
	d->overdue = a;
	return true;
}

static void join(struct drops *d, const struct drop_match *m,
		 const struct drop_sight *s)
{
	drop_join_note(m->of[0].j, m->of[0].branch, d->env.map, s,
		       drop_groups_note(&d->groups, m, s->seen));
}

static uint64_t wall_of(uint64_t when_ns)
{
	return clock_ns(CLOCK_REALTIME) - (clock_ns(CLOCK_MONOTONIC) - when_ns);
}

/* Does a record that was read so late say that a rule dropped what was not seen again? */
static bool rule_dropped(const struct drop_memory_entry *e, const struct drop_seen *seen)
{
	return e->by_rule && (e->kind == FATE_UNKNOWN || e->kind == FATE_LOST) &&
	       drop_meaning(seen)->says == DROP_SAYS_VERDICT;
}

/* Nothing new, or nothing for who is shown others. */
static bool drops_told(const struct drop_memory_entry *e, uint8_t kind)
{
	if (e->hidden && kind != FATE_LOST)
		return true;
	return kind == FATE_COUNT || kind == FATE_INCOMPLETE ||
	       (!e->number && !e->hidden) ||
	       (kind == e->kind && kind != FATE_LOST && kind != FATE_QUEUE);
}

/* A packet that was printed: with that fate, or with another one. */
static void tell_late(struct drops *d, struct drop_memory_entry *e,
		      const struct drop_sight *s, bool ambiguous)
{
	bool by_rule = rule_dropped(e, s->seen);
	uint8_t kind = by_rule ? FATE_DROP :
		fate_drop_kind(e->kind, e->out, s->seen, s->many, e->look.copied);
	struct report_late late = {
		.number = e->number, .was = e->kind, .branch = e->branch,
		.after_ns = s->r->when_ns > e->last_ns ?
			s->r->when_ns - e->last_ns : 0,
		.wall_ns = wall_of(s->r->when_ns), .ambiguous = ambiguous,
		.fate = { .kind = kind, .hook = e->hook, .out = e->out,
			  .drop = s->seen, .cause = by_rule ? e->by_rule : NULL,
			  .port = s->p.flags & PACKET_PORTS ?
				s->p.dport : 0 },
		.packet = s->p,
	};

	e->taken = true;
	if (drops_told(e, kind) ||
	    (!by_rule && (kind == FATE_DROP || kind == FATE_REJECT)))
		return;
	d->env.late(d->env.arg, &late);
}

/*
 * Whoever was read before this record's packet was dropped before the ring was full, with
 * the time that a drop takes: then its own record, if there is one, is there.  Of packets
 * alike it may be the one that was read first.
 */
static void note_before_full(struct drops *d, const struct drop_match *m,
			     const struct drop_record *r)
{
	uint64_t last_ns = UINT64_MAX;

	if (r->when_ns + ORDER_SETTLE_MS * NS_PER_MS > d->full_ns ||
	    m->count == DROP_TWINS)
		return;
	for (unsigned int i = 0; i < m->count; i++)
		if (m->of[i].j->last_ns < last_ns)
			last_ns = m->of[i].j->last_ns;
	drop_gaps_none(&d->gaps, last_ns - 1);
}

/* @read_ns: when it was read: what comes of its packet later is another's */
static void use(struct drops *d, const struct drop_record *r,
		const char *symbol, uint64_t read_ns)
{
	const struct drop_seen *seen =
		drop_words_find(&d->words, d->env.reasons, r, symbol);
	struct drop_memory_entry *e;
	struct drop_match m;
	struct drop_sight s;
	unsigned int twins;

	if (!seen) {
		d->untold++;
		drop_gaps_add(&d->gaps, r->when_ns, read_ns);
	}
	if (!seen || drop_meaning(seen)->says == DROP_SAYS_NOTHING ||
	    !journeys_find_drop(d->env.journeys, r, seen, read_ns, &s, &m))
		return;
	if (m.count) {
		note_before_full(d, &m, r);
		join(d, &m, &s);
		return;
	}
	e = drop_memory_find(d->memory, &s, &twins);
	if (e)
		tell_late(d, e, &s, twins > 1);
}

static void use_first(struct drops *d, const char *symbol)
{
	const struct waiting *w = &d->waiting[d->first];

	d->first = (d->first + 1) % WAITING;
	d->waits--;
	use(d, &w->r, symbol, w->read_ns);
}

/* In their order: those whose place has a name by now, or gets none. */
static void use_waiting(struct drops *d, uint64_t now_ns)
{
	const char *symbol;

	while (d->waits &&
	       find_place(d, d->waiting[d->first].r.location, now_ns, &symbol))
		use_first(d, symbol);
}

void drops_add(struct drops *d, const struct drop_record *r, uint64_t now_ns)
{
	const char *symbol;
	/* Records behind others are asked for at once, too. */
	bool known = find_place(d, r->location, now_ns, &symbol);

	if (!d->waits && known) {
		use(d, r, symbol, now_ns);
		return;
	}
	if (d->waits == WAITING)
		use_first(d, NULL);
	d->waiting[(d->first + d->waits++) % WAITING] =
		(struct waiting){ .r = *r, .read_ns = now_ns };
}

static uint64_t lost_now(const struct drops *d)
{
	const struct drop_ring *r = d->env.ring;

	return r->lost ? drop_ring_lost(r) : 0;
}

bool drops_mark(struct drops *d, uint64_t now_ns)
{
	if (d->marked)
		return false;
	d->mark = drop_ring_mark(d->env.ring);
	d->mark_lost = lost_now(d);
	d->mark_ns = now_ns;
	/* Where nothing was lost yet, only what is not read by now can fill it. */
	if (!d->mark_lost)
		d->fills_at = ring_end(d);
	d->marked = true;
	return true;
}

void drops_fetch(struct drops *d)
{
	drop_queue_fetch(&d->queue, d->env.ring);
}

/* Another CPU may be writing one of them yet. */
static bool is_read(const struct drops *d)
{
	return (long)((unsigned long)d->mark - d->env.ring->position) <= 0 &&
	       !drop_queue_first(&d->queue, d->mark);
}

static void add_queued(struct drops *d, uint64_t now_ns)
{
	const struct drop_record *r = drop_queue_first(&d->queue, d->mark);

	for (; r; r = drop_queue_first(&d->queue, d->mark)) {
		drops_add(d, r, now_ns);
		drop_queue_pop(&d->queue);
	}
}

bool drops_are_there(const struct drops *d)
{
	return d->marked && !is_read(d);
}

/* What is written behind one that waits for its name was not used, either. */
static uint64_t used_up_to(const struct drops *d)
{
	uint64_t when_ns = d->waiting[d->first].r.when_ns;

	return d->waits && when_ns <= d->mark_ns ? when_ns - 1 : d->mark_ns;
}

/* The first records are lost: those in the ring were there before. */
static void find_full(struct drops *d)
{
	if (d->mark_lost && !d->full_ns)
		d->full_ns = drop_queue_last_when(&d->queue, d->fills_at);
}

uint64_t drops_take(struct drops *d, uint64_t now_ns)
{
	use_waiting(d, now_ns);
	if (d->marked) {
		/* Mostly all was fetched behind the messages, or nothing was there. */
		if (d->mark_lost || !is_read(d))
			drops_fetch(d);
		find_full(d);
		add_queued(d, now_ns);
		d->marked = !is_read(d);
	}
	if (d->mark_ns)
		drop_gaps_look(&d->gaps, d->mark_lost, d->mark_ns, now_ns);
	stats_set(&d->env.stats->drops_lost, lost_now(d) + d->untold);
	if (!d->marked && used_up_to(d) > d->complete_ns)
		d->complete_ns = used_up_to(d);
	return d->complete_ns;
}

int drops_due_ms(const struct drops *d, uint64_t now_ns)
{
	bool late = d->told_ns && now_ns - d->told_ns <
		DROP_MEMORY_MS * NS_PER_MS;

	return d->waits || late ? LATE_LOOK_MS : -1;
}

bool drops_wait(const struct drops *d)
{
	return d->waits > 0;
}

enum drops_lack drops_lack(const struct drops *d, const struct journey *j)
{
	if (drop_gaps_cover(&d->gaps, j->last_ns, lost_now(d)))
		return DROPS_NO_ROOM;
	return order_is_settled(j, d->complete_ns) ? DROPS_ALL_READ
						   : DROPS_UNREAD;
}

void drops_decide(struct drops *d, struct journey *j)
{
	for (unsigned int b = 0; b < j->branches; b++) {
		if (drop_groups_ambiguous(&d->groups, j->path[b].drop.group))
			j->flags |= JOURNEY_AMBIGUOUS;
		fate_drop(j, b, d->env.map);
	}
}

void drops_remember(struct drops *d, const struct journey *j, uint32_t hidden)
{
	d->told_ns = j->last_ns;
	for (unsigned int b = 0; b < j->branches; b++) {
		struct drop_memory_entry *e;

		if (fate_drop_is_there(j, b))
			continue;
		e = drop_memory_add(d->memory, j->key);
		e->number = j->number;
		e->hidden = hidden >> b & 1;
		e->last_ns = j->last_ns;
		e->out = j->fate[b].out;
		e->branch = (uint8_t)b;
		e->kind = j->fate[b].kind;
		e->hook = j->fate[b].hook;
		e->by_rule = fate_drop_by_rule(j, b);
		drop_look_fill(&e->look, j, b, d->env.map);
	}
}

void drops_finish(struct drops *d, uint64_t now_ns)
{
	d->nobody_answers = true;
	drops_mark(d, now_ns);
	drops_take(d, now_ns);
}
