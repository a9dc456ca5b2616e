// SPDX-License-Identifier: GPL-2.0-or-later
/* unreached: a rule behind the one that decided, which would have accepted the packet. */
#include "misses/unreached.h"

#include <string.h>

#include "misses/asked.h"
#include "misses/condition.h"
#include "misses/passed.h"
#include "rules/base/target.h"

enum { UNREACHED_BUDGET = 2048 };	/* rules that are asked */

/* Where the packet would be. */
struct unreached_onward {
	const struct passed *w;
	struct passed_frame frame[PASSED_DEPTH];
	unsigned int depth;
};

enum met { MET_NOT, MET_SURELY, MET_PERHAPS };

static enum met meets_unreached(const struct conditions *all)
{
	enum met met = all->unread ? MET_PERHAPS : MET_SURELY;

	for (unsigned int i = 0; i < all->n; i++) {
		const struct condition *c = &all->c[i];

		if (c->state == CONDITION_FAILED && !c->now)
			return MET_NOT;
		if (c->state != CONDITION_HELD || c->changes || c->now)
			met = MET_PERHAPS;
	}
	return met;
}

static bool push_unreached(struct unreached_onward *o, uint32_t chain)
{
	if (chain == RULEBOOK_NONE || o->depth == PASSED_DEPTH)
		return false;
	o->frame[o->depth++] = (struct passed_frame){ chain, 1, 0 };
	return true;
}

/* A rule that meets it, and does not accept.  Return: false: nothing is certain behind it. */
static bool go_on(struct unreached_onward *o, const struct rulebook_rule *rule)
{
	switch (rule->effect) {
	case EFFECT_CONTINUE:
		return !rule->changes;
	case EFFECT_RETURN:
		/* At its end a base chain has a policy, which is no rule. */
		return --o->depth > 0;
	case EFFECT_JUMP:
		return push_unreached(o, rule->to);
	case EFFECT_GOTO:
		o->depth--;
		return push_unreached(o, rule->to);
	}
	return false;
}

/* The next rule that is asked; false: there is none. */
static bool next_rule(struct unreached_onward *o, struct unreached *u)
{
	while (o->depth) {
		struct passed_frame *f = &o->frame[o->depth - 1];

		u->chain = f->chain;
		u->number = f->next++;
		if (u->number <= rulebook_count(&o->w->book, f->chain))
			return true;
		o->depth--;
	}
	return false;
}

static bool begin_unreached(struct unreached_onward *o, const struct passed *w)
{
	const struct passed_rule *last = w->n ? &w->rule[w->n - 1] : NULL;

	if (!last || !last->met || !w->depth ||
	    (last->effect != EFFECT_DROP && last->effect != EFFECT_REJECT))
		return false;
	o->w = w;
	o->depth = w->depth;
	memcpy(o->frame, w->frame, w->depth * sizeof(w->frame[0]));
	return true;
}

bool unreached_find(struct unreached *u, const struct passed *w,
		    const struct asked *a, struct conditions *room)
{
	struct rulebook_rule rule;
	struct asked asked = *a;
	struct unreached_onward o;

	if (!begin_unreached(&o, w))
		return false;
	for (unsigned int n = 0; n < UNREACHED_BUDGET && next_rule(&o, u); n++) {
		enum met met;

		rulebook_rule(&w->book, u->chain, u->number, &rule);
		if (rule.own)
			continue;
		if (rule.writes)
			return false;
		met = rulebook_ask_or_fail(&w->book, u->chain, u->number, &asked, room) ?
			MET_NOT : meets_unreached(room);
		/* One of nft may act before it asks. */
		asked.mark_known &= !(w->book.nft && rule.changes);
		if (met == MET_NOT ||
		    (rule.effect == EFFECT_CONTINUE && !rule.changes))
			continue;
		if (met != MET_SURELY)
			return false;
		if (rule.effect == EFFECT_ACCEPT)
			return room->n > 0;
		if (!go_on(&o, &rule))
			return false;
	}
	return false;
}
