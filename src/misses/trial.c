// SPDX-License-Identifier: GPL-2.0-or-later
/* trial: what would become of a packet, in the table that dropped it, with one thing changed. */
#include "misses/trial.h"

#include <stddef.h>

#include "misses/ahead.h"
#include "misses/asked.h"
#include "misses/brief.h"
#include "misses/condition.h"
#include "misses/mark_rule.h"
#include "misses/passed.h"
#include "rules/base/target.h"

enum {
	BUDGET = 2048,	/* rules that are asked behind the one that is tried */
	DEPTH = 16,	/* chains that call one another there */
};

/* What a packet could meet: HELD for certain, FAILED for certain, or neither. */
struct trial {
	const struct passed *w;
	const struct asked *a;		/* the packet with its change */
	struct conditions *room;
	uint32_t fields;		/* what the change may change the answer of */
	uint32_t budget;
	bool known;			/* .a has the change; else only the field is known */
};

static uint32_t bit(unsigned int field)
{
	return UINT32_C(1) << field;
}

/* Who asks for any of these may answer otherwise when @field is another. */
static uint32_t touched_by(unsigned int field)
{
	uint32_t flow = bit(ASKED_STATE) | bit(ASKED_CT);

	switch (field) {
	case ASKED_PROTO:
		return bit(ASKED_PROTO) | bit(ASKED_SPORT) | bit(ASKED_DPORT) |
		       bit(ASKED_TCP_FLAGS) | bit(ASKED_TCP_OPTION) |
		       bit(ASKED_ICMP) | bit(ASKED_BYTES) | flow;
	case ASKED_SRC: case ASKED_DST: case ASKED_SPORT: case ASKED_DPORT:
	case ASKED_ICMP: case ASKED_TCP_FLAGS:
		return bit(field) | bit(ASKED_BYTES) | flow;
	case ASKED_STATE:
		return flow;
	}
	return bit(field) | bit(ASKED_BYTES);
}

static struct asked as_of(const struct trial *t, const struct passed_rule *r)
{
	struct asked a = *t->a;

	if (!(t->fields & bit(ASKED_MARK))) {
		a.mark = r->mark;
		a.mark_known = r->mark_known;
	}
	return a;
}

/* Could it meet the changed packet? */
static enum condition_state trial_state_of(const struct conditions *all)
{
	enum condition_state state = all->unread ? CONDITION_UNKNOWN :
						   CONDITION_HELD;

	for (unsigned int i = 0; i < all->n; i++) {
		if (all->c[i].state == CONDITION_FAILED)
			return CONDITION_FAILED;
		if (all->c[i].state == CONDITION_UNKNOWN)
			state = CONDITION_UNKNOWN;
	}
	return state;
}

/* A rule that lets every packet go on as it is. */
static bool is_harmless(const struct passed_rule *r)
{
	return r->effect == EFFECT_CONTINUE && !r->changes;
}

/* Does what failed first fail of the changed packet, too?  That is most often so. */
static bool fails_again(const struct trial *t, const struct passed_rule *r,
			const struct asked *a)
{
	struct brief b = { .only = r->term };

	return r->term && rulebook_ask_brief(&t->w->book, r->chain, r->number, a, &b) &&
	       b.fails;
}

/* The packet has passed it over; would the changed one? */
static bool stays_passed(const struct trial *t, const struct passed_rule *r)
{
	struct asked a;

	if (is_harmless(r) || r->failed & ~t->fields)
		return true;
	if (r->unread)
		return false;
	/*
	 * What nothing here tells of has failed, and asks for nothing that changed; or
	 * it would save the packet as well.
	 */
	if (!r->failed)
		return !(r->unknown & t->fields) ||
		       (t->w->nat ? r->nat : r->effect == EFFECT_ACCEPT);
	if (!t->known)
		return false;
	a = as_of(t, r);
	return fails_again(t, r, &a) ||
	       rulebook_fails(&t->w->book, r->chain, r->number, &a, t->room);
}

/* The packet has met it; would the changed one? */
static bool stays_met(const struct trial *t, const struct passed_rule *r)
{
	struct asked a;

	if (is_harmless(r))
		return true;
	a = as_of(t, r);
	t->room->enough = 0;
	rulebook_ask(&t->w->book, r->chain, r->number, &a, t->room);
	for (unsigned int i = 0; i < t->room->n; i++) {
		const struct condition *c = &t->room->c[i];

		if (condition_fields(c) & t->fields &&
		    (!t->known || c->state != CONDITION_HELD))
			return false;
	}
	return !t->room->unread;
}

static bool comes_to(const struct trial *t, uint32_t at)
{
	for (uint32_t i = 0; i < at; i++) {
		const struct passed_rule *r = &t->w->rule[i];

		if (!(r->met ? stays_met(t, r) : stays_passed(t, r)))
			return false;
	}
	return true;
}

/* Where the packet would go on behind what is asked now, and with which mark. */
struct onward {
	struct passed_frame frame[DEPTH];
	unsigned int depth;
	uint32_t mark;
	bool mark_known;
};

static bool push(struct onward *o, uint32_t chain)
{
	if (chain == RULEBOOK_NONE || o->depth == DEPTH)
		return false;
	o->frame[o->depth++] = (struct passed_frame){ chain, 1, 0 };
	return true;
}

static bool leads_on(struct trial *t, struct onward *o);

/* The base chain's end; of nat's nothing was translated by then. */
static bool ends_well(const struct trial *t, uint32_t chain)
{
	return !t->w->nat &&
	       rulebook_end(&t->w->book, chain) == EFFECT_ACCEPT;
}

/* Does what a rule does with it lead to ACCEPT; in nat to a translation? */
static bool saves(struct trial *t, struct onward o,
		  const struct rulebook_rule *rule)
{
	if (t->w->nat && rule->nat)
		return true;
	switch (rule->effect) {
	case EFFECT_ACCEPT:
		return !t->w->nat;
	case EFFECT_RETURN:
		if (o.depth == 1)
			return ends_well(t, o.frame[0].chain);
		o.depth--;
		return leads_on(t, &o);
	case EFFECT_GOTO:
		o.depth--;
		return push(&o, rule->to) && leads_on(t, &o);
	case EFFECT_JUMP:
		return push(&o, rule->to) && leads_on(t, &o);
	}
	return false;
}

/* It goes on behind the rule, with the mark that the rule makes; false: what that is nobody knows. */
static bool marks(struct onward *o, const struct rulebook_rule *rule)
{
	struct mark_rule m;

	if (rule->writes || !mark_rule_read(&m, rule->text) ||
	    (!o->mark_known && m.mask != UINT32_MAX))
		return false;
	o->mark = mark_rule_make(&m, o->mark_known ? o->mark : 0);
	o->mark_known = true;
	return true;
}

/* What is left open is only how often: a limit may have room for it, or not. */
static bool only_often(const struct conditions *all)
{
	for (unsigned int i = 0; i < all->n; i++)
		if (all->c[i].state == CONDITION_UNKNOWN && !all->c[i].changes)
			return false;
	return !all->unread;
}

/* Return: is that the packet's end?  Then @saved tells. */
static bool meets(struct trial *t, struct onward *o, uint32_t chain,
		  uint32_t number, bool *saved)
{
	struct rulebook_rule rule;
	enum condition_state state;
	struct asked a = *t->a;
	bool often;

	rulebook_rule(&t->w->book, chain, number, &rule);
	if (rule.own || (rule.effect == EFFECT_CONTINUE && !rule.changes))
		return false;
	a.mark = o->mark;
	a.mark_known = o->mark_known;
	if (rulebook_fails(&t->w->book, chain, number, &a, t->room))
		return false;
	state = trial_state_of(t->room);
	if (rule.effect == EFFECT_CONTINUE && state == CONDITION_HELD &&
	    marks(o, &rule))
		return false;
	often = only_often(t->room);
	*saved = rule.effect != EFFECT_CONTINUE && saves(t, *o, &rule);
	/* The packet may pass this rule over, and then has to be saved behind it. */
	if (state == CONDITION_UNKNOWN && !often)
		return !*saved;
	return state == CONDITION_HELD || *saved;
}

static bool leads_on(struct trial *t, struct onward *o)
{
	while (o->depth) {
		struct passed_frame *f = &o->frame[o->depth - 1];
		uint32_t chain = f->chain;
		uint8_t end;
		bool saved;

		while (f->next <= rulebook_count(&t->w->book, chain)) {
			if (!t->budget)
				return false;
			t->budget--;
			if (meets(t, o, chain, f->next++, &saved))
				return saved;
		}
		end = rulebook_end(&t->w->book, chain);
		if (end != EFFECT_RETURN)
			return ends_well(t, chain);
		o->depth--;
	}
	return false;
}

/* Where it goes on behind rule @at, and behind those that led there. */
static bool callers_of(const struct passed *w, uint32_t at, struct onward *o)
{
	uint32_t i = at;

	for (o->depth = 1; w->rule[i].caller != PASSED_NOBODY; o->depth++)
		i = w->rule[i].caller;
	if (o->depth > DEPTH)
		return false;
	for (unsigned int d = o->depth; d-- > 0; at = w->rule[at].caller)
		o->frame[d] = (struct passed_frame){
			w->rule[at].chain, w->rule[at].number + 1, 0,
		};
	return true;
}

/* Nothing of the packet is changed, but what nobody here knows: the rule is met then. */
static bool saves_by(struct trial *t, uint32_t at)
{
	const struct passed_rule *r = &t->w->rule[at];
	struct rulebook_rule rule;
	struct onward o;

	rulebook_rule(&t->w->book, r->chain, r->number, &rule);
	if (t->w->nat ? rule.nat : rule.effect == EFFECT_ACCEPT)
		return true;
	if (!t->known || !callers_of(t->w, at, &o))
		return false;
	o.mark = t->a->mark;
	o.mark_known = t->a->mark_known;
	if (rule.effect == EFFECT_CONTINUE)
		return marks(&o, &rule) && leads_on(t, &o);
	return saves(t, o, &rule);
}

static bool comes_to_table(const struct trial *t, const struct misses_rules *rules)
{
	const struct ahead_packet p = {
		t->a, t->fields, t->known, t->w->nat ? &t->w->book : NULL,
	};

	return !ahead_takes(&p, rules, t->w->book.kept, t->room);
}

bool trial_saves(const struct passed *w, uint32_t at, const struct asked *a,
		 const struct condition *c, const struct misses_rules *rules,
		 struct conditions *room)
{
	struct trial t = {
		.w = w, .a = a, .room = room, .budget = BUDGET, .known = true,
	};
	struct asked_copy changed;

	/* Another packet has another source; the same one may be put into a set of them. */
	if (c->field == ASKED_OTHER || c->changes || (w->nat && c->now))
		return saves_by(&t, at);
	t.fields = touched_by(c->field);
	t.known = c->want.field != ASKED_OTHER && asked_with(&changed, a, &c->want);
	if (t.known) {
		changed.a.serial = rulebook_serial(&w->book);
		t.a = &changed.a;
	}
	return comes_to(&t, at) && saves_by(&t, at) && comes_to_table(&t, rules);
}
