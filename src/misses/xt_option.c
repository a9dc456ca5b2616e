// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_option: one option of a rule in iptables' words, held against a packet. */
#include "misses/xt_option.h"

#include "misses/condition.h"

enum xt_answer xt_is_unknown(const struct xt_seen *q, enum asked_field field,
			     struct xt_apart *apart)
{
	(void)q;
	(void)field;
	(void)apart;
	return XT_UNKNOWN;
}

void xt_want_byte(struct condition *c, enum asked_field field, uint32_t at,
		  unsigned int value)
{
	c->want.field = (uint8_t)field;
	c->want.at = (uint16_t)at;
	c->want.len = 1;
	c->want.bytes[0] = (uint8_t)value;
}

bool xt_read_range(struct strview word, uint32_t *low, uint32_t *high)
{
	struct strview first = strview_cut(&word, ':');

	if (!strview_number(first, 10, low))
		return false;
	*high = *low;
	return !word.len || strview_number(word, 10, high);
}
