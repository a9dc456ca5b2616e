// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_conditions: a rule in iptables' words, of either backend, held against a packet. */
#include "misses/xt_conditions.h"

#include "misses/condition.h"

void xt_conditions(struct conditions *out, struct strview text,
		   const struct asked *a)
{
	(void)text;
	(void)a;
	out->n = 0;
	out->unread = true;
}
