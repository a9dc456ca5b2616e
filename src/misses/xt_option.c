// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_option: one option of a rule in iptables' words, held against a packet. */
#include "misses/xt_option.h"

enum xt_answer xt_is_unknown(const struct xt_seen *q, enum asked_field field,
			     struct xt_apart *apart)
{
	(void)q;
	(void)field;
	(void)apart;
	return XT_UNKNOWN;
}
