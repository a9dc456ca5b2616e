// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_conditions: a rule in iptables' words, of either backend, held against a packet. */
#include "misses/xt_conditions.h"

#include <limits.h>

#include "misses/brief.h"
#include "misses/condition.h"
#include "misses/rule_kept.h"
#include "misses/shared.h"
#include "misses/xt_modules.h"
#include "misses/xt_option.h"
#include "misses/xt_rule.h"
#include "misses/xt_set.h"

static enum condition_state state_of_option(enum xt_answer is, bool inverted)
{
	if (is == XT_UNKNOWN)
		return CONDITION_UNKNOWN;
	return (is == XT_YES) != inverted ? CONDITION_HELD : CONDITION_FAILED;
}

static void put_option(struct conditions *out, struct xt_seen *q, const struct xt_term *t)
{
	struct xt_apart apart = { CONDITION_FAR, 0 };
	enum condition_state state;
	struct condition *c;
	enum xt_answer is;

	q->t = t;
	is = t->o->is(q, t->o->field, &apart);
	if (is == XT_UNREAD) {
		out->unread = true;
		return;
	}
	state = state_of_option(is, t->inverted);
	c = conditions_add(out, state, t->o->field, rule_span_text(t->words, q->text));
	if (!c)
		return;
	c->number = apart.states;
	if (state != CONDITION_FAILED)
		return;
	c->distance = apart.distance;
	if (t->o->want)
		t->o->want(c, q, t->o->field);
}

static void put_set(struct conditions *out, struct xt_seen *q, const struct xt_term *t)
{
	q->t = t;
	xt_ask_set(out, q, rule_span_text(t->words, q->text));
}

/* Of what else a module does not tell: a set's addresses, the route back ... */
static uint32_t others_of(const struct xt_term *t)
{
	return t->alone ? 0 : UINT32_MAX & ~(UINT32_C(1) << ASKED_OTHER);
}

static void put_module(struct conditions *out, const struct xt_term *t, const char *text)
{
	struct condition *c = conditions_add(out, CONDITION_UNKNOWN, ASKED_OTHER,
					     rule_span_text(t->words, text));

	if (!c)
		return;
	c->changes = t->changes;
	c->others = others_of(t);
}

static void ask_condition(struct conditions *out, const struct xt_term *t, uint32_t n,
			  const char *text, const struct asked *a)
{
	unsigned int enough = out->enough ? out->enough : UINT_MAX;
	struct xt_seen q = { .a = a, .text = text };

	out->n = out->failed = 0;
	out->unread = false;
	for (; n && !out->unread && out->failed < enough; n--, t++) {
		if (t->o && t->o->is)
			put_option(out, &q, t);
		else if (t->o)
			put_set(out, &q, t);
		else if (t->unread)
			out->unread = true;
		else
			put_module(out, t, text);
	}
}

void xt_conditions(struct conditions *out, struct strview text,
		   const struct asked *a)
{
	struct xt_rule r;

	xt_rule_read(&r, text);
	ask_condition(out, r.term, r.n, text.at, a);
}

void xt_conditions_kept(struct conditions *out, struct rule_kept *kept,
			uint32_t index, struct strview text,
			const struct asked *a)
{
	const struct xt_rule *r = kept ?
		rule_kept_find(kept, index, text, xt_rule_make) : NULL;

	if (r)
		ask_condition(out, r->term, r->n, text.at, a);
	else
		xt_conditions(out, text, a);
}

/* What did not hold. */
static inline void weigh_rest(struct brief *b, const struct xt_term *t, enum xt_answer is,
		       const struct xt_apart *apart)
{
	if (is == XT_UNREAD)
		b->unread = true;
	else if (is == XT_UNKNOWN)
		brief_leave_open(b, t->o->field, 0, apart->states);
	else
		brief_fail(b, t->o->field, apart->distance, apart->states);
}

/* Return: false: it has to be put down as a condition. */
static inline bool weigh_other(struct brief *b, const struct xt_term *t)
{
	if (t->o)
		return false;
	if (t->unread)
		b->unread = true;
	else
		brief_leave_open(b, ASKED_OTHER, others_of(t), 0);
	return true;
}

/* Is it known from another rule that has it? */
static enum xt_answer ask_shared(struct shared *s, const struct xt_seen *q,
				 struct xt_apart *apart)
{
	const struct xt_option *o = q->t->o;
	struct shared_answer *last = shared_answer_of(s, q->t->shared, q->a->serial);

	apart->states = 0;
	if (last && last->serial == q->a->serial) {
		apart->distance = last->distance;
		return last->is;
	}
	apart->distance = CONDITION_FAR;
	if (!last)
		return o->is(q, o->field, apart);
	last->is = (uint8_t)o->is(q, o->field, apart);
	last->distance = apart->distance;
	last->serial = q->a->serial;
	return last->is;
}

bool xt_conditions_brief(struct brief *out, struct rule_kept *kept, uint32_t index,
			 struct strview text, const struct asked *a)
{
	const struct xt_rule *r = rule_kept_find(kept, index, text, xt_rule_make);
	struct shared *s = rule_kept_shared(kept);
	struct xt_seen q = { .a = a, .text = text.at };
	const uint32_t from = out->only ? out->only - 1u : 0;
	struct brief b = { .enough = out->enough, .only = out->only };
	struct xt_apart apart;

	if (!r || r->n > CONDITIONS_MAX)
		return false;
	for (const struct xt_term *t = r->term + from,
				  *end = out->only ? t + 1 : t + r->n; t < end; t++) {
		enum xt_answer is;

		if (brief_is_done(&b))
			break;
		if (!t->o || !t->o->is) {
			if (!weigh_other(&b, t))
				return false;
			continue;
		}
		q.t = t;
		is = ask_shared(s, &q, &apart);
		if (is <= XT_YES && (is == XT_YES) != t->inverted)
			b.n++;
		else
			weigh_rest(&b, t, is, &apart);
		if (b.fails && !b.term)
			b.term = (uint8_t)(t - r->term + 1);
	}
	*out = b;
	return true;
}
