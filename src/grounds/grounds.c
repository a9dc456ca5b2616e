// SPDX-License-Identifier: GPL-2.0-or-later
/* grounds: on what the fate of a packet rests, found when its journey is over. */
#include "grounds/grounds.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdbool.h>
#include <string.h>

#include "capture/event.h"
#include "grounds/walk.h"
#include "journey/journey.h"
#include "place/place_types.h"
#include "place/table_order.h"
#include "rules/base/family.h"

/* What it is worth to know who accepted; of equals the last one. */
enum rank {
	RANK_NONE,
	RANK_ELSEWHERE,		/* with a condition, where nobody filtered */
	RANK_POLICY,
	RANK_RULE,
	RANK_CONDITION,
};

/* A step that decided, as far as is known. */
struct decision {
	const struct place *at, *base;
	int step, via;		/* of the journey, or WALK_NOWHERE */
	uint8_t rank;		/* enum rank, of one that accepted */
};

static const struct place *place_at(const struct journey *j, int step)
{
	return step == WALK_NOWHERE ? NULL : j->step[step].place;
}

/* Where a packet of this fate was to be stopped, NF_INET_*; NOT_A_HOOK: it was. */
static uint8_t judging_hook(uint8_t kind)
{
	switch (kind) {
	case FATE_DELIVERED:
		return NF_INET_LOCAL_IN;
	case FATE_FORWARDED:
		return NF_INET_FORWARD;
	case FATE_SENT:
		return NF_INET_LOCAL_OUT;
	}
	return NOT_A_HOOK;
}

static bool translates(const struct place *base)
{
	return base->order == T_DNAT || base->order == T_SNAT;
}

/* Of nft's chains the table's name tells, which iptables-nft has given them. */
static bool filters(const struct place *base)
{
	if (base->backend != EVENT_NFT)
		return base->order == T_FILTER;
	switch (table_order(base->table, base->hook)) {
	case T_FILTER:
	case T_OTHER:
		return !base->routes;
	}
	return false;
}

static bool is_policy(const struct place *at)
{
	return at->kind == PLACE_POLICY &&
	       (at->backend == EVENT_NFT || !at->rule_len ||
		at->rule[1] == 'P');
}

/* Events may be missing: only what filters is told, and no policy. */
static bool is_gappy(const struct journey *j)
{
	return j->flags & (JOURNEY_GAP | JOURNEY_HEADLESS);
}

static enum rank rank_of(const struct walk *w, int via, uint8_t hook)
{
	const struct place *base = w->base;
	bool condition = w->at->condition || via != WALK_NOWHERE;
	bool gappy = is_gappy(w->j);

	if (translates(base) || w->at->own || base->hook == NOT_A_HOOK)
		return RANK_NONE;
	if (base->hook != hook || !filters(base))
		return condition && !gappy ? RANK_ELSEWHERE : RANK_NONE;
	if (is_policy(w->at))
		return gappy ? RANK_NONE : RANK_POLICY;
	return condition ? RANK_CONDITION : RANK_RULE;
}

/* The same chain once more: user space said NF_REPEAT, and what was before is void. */
static bool is_repeated(const struct walk *w, const struct decision *d)
{
	return w->fresh && d->at && d->base->table == w->base->table &&
	       d->base->chain_index == w->base->chain_index;
}

static void weigh_acceptance(struct decision *best, const struct walk *w,
			     uint8_t hook)
{
	int via = walk_via(w);
	enum rank rank = rank_of(w, via, hook);

	if (rank == RANK_NONE || rank < best->rank)
		return;
	*best = (struct decision){ w->at, w->base, (int)w->step, via,
				   (uint8_t)rank };
}

/* Who let it pass, or the step of the rule that the fate names. */
static struct decision find_decision(const struct journey *j, unsigned int b)
{
	const struct fate *f = &j->fate[b];
	uint8_t hook = judging_hook(f->kind);
	struct decision d = { .step = WALK_NOWHERE, .via = WALK_NOWHERE };
	struct walk w;

	if (hook == NOT_A_HOOK && !f->by)
		return d;
	walk_begin(&w, j, b);
	while (walk_next(&w)) {
		if (hook == NOT_A_HOOK) {
			if (w.at == f->by)
				d = (struct decision){ w.at, w.base,
						       (int)w.step,
						       walk_via(&w), 0 };
			continue;
		}
		if (is_repeated(&w, &d))
			d = (struct decision){ .step = WALK_NOWHERE,
					       .via = WALK_NOWHERE };
		if (w.effect == EFFECT_ACCEPT || w.effect == EFFECT_QUEUE)
			weigh_acceptance(&d, &w, hook);
	}
	return d;
}

/* So many steps a copy was the packet itself; a recording has no paths. */
static uint32_t shared_steps(const struct journey *j, unsigned int b)
{
	if (j->fate[b].told)
		return j->fate[b].told->shared;
	return b ? j->path[b].shared : 0;
}

static bool is_change_of(const struct journey *j, const struct change *c,
			 unsigned int b, uint32_t shared)
{
	return (c->step < journey_kept(j) || !j->steps) &&
	       (c->branch == b || (c->branch == 0 && c->step < shared));
}

/* The rule that set these bits last, in front of @step. */
static int find_marker(const struct journey *j, unsigned int b, uint32_t bits,
		       int step)
{
	uint32_t shared = shared_steps(j, b);
	const struct change *last = NULL;

	/* Later ones are not known. */
	if (j->omitted || j->changes == JOURNEY_CHANGES)
		return WALK_NOWHERE;
	for (unsigned int i = 0; i < j->changes; i++) {
		const struct change *c = &j->change[i];

		if (c->field == FIELD_MARK && c->step < step &&
		    is_change_of(j, c, b, shared) &&
		    (c->from.number ^ c->to.number) & bits)
			last = c;
	}
	return last && last->maker == MAKER_RULE && last->to.number & bits ?
		last->step : WALK_NOWHERE;
}

static int via_of(const struct journey *j, int step)
{
	struct walk w;

	walk_begin(&w, j, j->step[step].branch);
	while (walk_next(&w))
		if ((int)w.step == step)
			return walk_via(&w);
	return WALK_NOWHERE;
}

static void find_mark(struct grounds *g, const struct journey *j,
		      unsigned int b, const struct decision *d)
{
	int asks = d->at->asks_mark ? d->step : d->via, marker;
	const struct place *at = place_at(j, asks);

	if (!at || !at->asks_mark)
		return;
	marker = find_marker(j, b, at->asks_mark, asks);
	if (marker == WALK_NOWHERE)
		return;
	g->marked = place_at(j, marker);
	g->marked_via = place_at(j, via_of(j, marker));
}

/* The first one whose end was translated once more: of four two ends have one. */
static void make_room(struct grounds *g)
{
	unsigned int first = 0;
	bool again = false;

	for (; !again && first < g->nats; first++)
		for (unsigned int i = first + 1; i < g->nats; i++)
			again |= g->nat[i].change->field ==
				 g->nat[first].change->field;
	g->nats--;
	memmove(&g->nat[first - 1], &g->nat[first],
		(g->nats - (first - 1)) * sizeof(g->nat[0]));
}

static void add_nat(struct grounds *g, const struct journey *j,
		    const struct change *c)
{
	if (g->nats == GROUNDS_NAT)
		make_room(g);
	g->nat[g->nats].change = c;
	g->nat[g->nats++].by = c->maker == MAKER_RULE ? j->step[c->step].place
						      : NULL;
}

/* The ends that were translated, in order. */
static void find_nat(struct grounds *g, const struct journey *j, unsigned int b)
{
	uint32_t shared = shared_steps(j, b);

	for (unsigned int i = 0; i < j->changes; i++) {
		const struct change *c = &j->change[i];

		if ((c->field == FIELD_SRC || c->field == FIELD_DST) &&
		    is_change_of(j, c, b, shared))
			add_nat(g, j, c);
	}
}

static bool is_nat_rule(const struct place *at)
{
	return at->mangles & (MANGLE_SRC | MANGLE_DST) &&
	       at->effect == EFFECT_ACCEPT &&
	       (at->nat || (at->backend != EVENT_NFT && at->kind == PLACE_RULE &&
			    (at->order == T_DNAT || at->order == T_SNAT)));
}

/* A rule of nat behind which the packet's ends were not seen any more. */
static const struct place *find_unseen(const struct journey *j, unsigned int b)
{
	uint32_t i = journey_kept(j);

	if (j->omitted || j->fate[b].told)
		return NULL;
	while (i-- > j->path[b].look.since.ends)
		if (j->step[i].branch == b && is_nat_rule(j->step[i].place))
			return j->step[i].place;
	return NULL;
}

/* What a recording tells of it is what was found then. */
static void take_told(struct grounds *g, const struct fate_grounds *told)
{
	g->accepted = told->accepted;
	g->via = told->via;
	g->marked = told->marked;
	g->marked_via = told->marked_via;
	g->unseen = told->unseen;
}

const struct change *grounds_last_end(const struct grounds *g, uint8_t field)
{
	for (unsigned int i = g->nats; i-- > 0;)
		if (g->nat[i].change->field == field)
			return g->nat[i].change;
	return NULL;
}

void grounds_find(struct grounds *g, const struct journey *j, unsigned int b)
{
	const struct fate_grounds *told = j->fate[b].told;
	struct decision d;

	memset(g, 0, sizeof(*g));
	find_nat(g, j, b);
	if (told && told->found) {
		take_told(g, told);
		return;
	}
	g->unseen = find_unseen(j, b);
	d = find_decision(j, b);
	if (!d.at)
		return;
	if (!j->fate[b].by)
		g->accepted = d.at;
	g->via = place_at(j, d.via);
	find_mark(g, j, b, &d);
}
