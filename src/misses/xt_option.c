// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_option: one option of a rule in iptables' words, judged. */
#include "misses/xt_option.h"

#include <stddef.h>

struct condition *xt_answer(const struct xt_seen *q, enum asked_field field,
			    enum xt_answer is)
{
	enum condition_state state = is == XT_UNKNOWN ? CONDITION_UNKNOWN :
		(is == XT_YES) != q->inverted ? CONDITION_HELD :
						CONDITION_FAILED;
	struct condition *c = conditions_add(q->out, state, field, q->words);

	return c && state == CONDITION_FAILED ? c : NULL;
}

void xt_unread(const struct xt_seen *q)
{
	q->out->unread = true;
}
