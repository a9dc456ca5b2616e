// SPDX-License-Identifier: GPL-2.0-or-later
/* brief: what a rule's conditions say of a packet, without the words for it. */
#include "misses/brief.h"

/* Which of conntrack's states would do, as far as the condition says. */
static uint32_t states_that_do(const struct condition *c)
{
	if (c->state == CONDITION_FAILED)
		return c->want.field == ASKED_STATE ? UINT32_C(1) << c->want.number : 0;
	return c->field == ASKED_STATE ? c->number : 0;
}

static void take_brief(struct brief *b, const struct condition *c)
{
	if (c->state == CONDITION_HELD) {
		b->n++;
		/* What holds now may not have held then. */
		if (c->now)
			b->unknown |= condition_fields(c);
		return;
	}
	if (c->state == CONDITION_UNKNOWN) {
		brief_leave_open(b, c->field, c->others, states_that_do(c));
		return;
	}
	if (!c->others) {
		brief_fail(b, c->field, c->distance, states_that_do(c));
		return;
	}
	/* What several could mend is not what fails whatever else changes. */
	brief_leave_open(b, c->field, c->others, states_that_do(c));
	b->distance = c->distance;
	b->open--;
	b->fails++;
}

void brief_of(struct brief *b, const struct conditions *all)
{
	brief_begin(b);
	b->unread = all->unread;
	for (unsigned int i = 0; i < all->n; i++)
		take_brief(b, &all->c[i]);
}
