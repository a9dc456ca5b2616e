// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_conditions: a rule in iptables' words, of either backend, held against a packet. */
#include "misses/xt_conditions.h"

#include <limits.h>

#include "misses/condition.h"
#include "misses/rule_kept.h"
#include "misses/xt_modules.h"
#include "misses/xt_option.h"
#include "misses/xt_rule.h"

static void ask_one_match(struct xt_seen *q, const struct xt_term *t, const char *text)
{
	struct condition *c;

	q->words = rule_span_text(t->words, text);
	if (t->o) {
		q->value = rule_span_text(t->value, text);
		q->v = t->valued ? &t->v : NULL;
		q->inverted = t->inverted;
		t->o->judge(q, t->o->field);
	} else if (t->unread) {
		q->out->unread = true;
	} else {
		c = conditions_add(q->out, CONDITION_UNKNOWN, ASKED_OTHER, q->words);
		if (!c)
			return;
		c->changes = t->changes;
		/* Of what else it does not tell: a set's addresses, the route back ... */
		c->others = t->alone ? 0 : UINT32_MAX & ~(UINT32_C(1) << ASKED_OTHER);
	}
}

static void ask_condition(struct conditions *out, const struct xt_term *t, uint32_t n,
			  const char *text, const struct asked *a)
{
	unsigned int enough = out->enough ? out->enough : UINT_MAX;
	struct xt_seen q = { .a = a, .out = out };

	out->n = out->failed = 0;
	out->unread = false;
	for (uint32_t i = 0; i < n && !out->unread && out->failed < enough; i++)
		ask_one_match(&q, &t[i], text);
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
