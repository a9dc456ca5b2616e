// SPDX-License-Identifier: GPL-2.0-or-later
/* condition: a condition of a rule that was passed over, held against the packet. */
#include "misses/condition.h"

#include <string.h>

struct condition *conditions_add(struct conditions *out,
				 enum condition_state state,
				 enum asked_field field, struct strview words)
{
	struct condition *c = &out->c[out->n];

	if (out->n == CONDITIONS_MAX) {
		out->unread = true;
		return NULL;
	}
	out->n++;
	out->failed += state == CONDITION_FAILED;
	/* Of what did not fail nothing is wanted: most of it need not be cleared. */
	if (state == CONDITION_FAILED)
		memset(&c->want, 0, sizeof(c->want));
	c->want.field = ASKED_OTHER;
	c->state = (uint8_t)state;
	c->field = (uint8_t)field;
	c->changes = c->now = false;
	c->others = c->number = 0;
	c->distance = CONDITION_FAR;
	c->words = words;
	c->tell = NULL;
	return c;
}
