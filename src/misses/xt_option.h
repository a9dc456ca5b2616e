/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_option: one option of a rule in iptables' words, judged. */
#ifndef NFTRACE_XT_OPTION_H
#define NFTRACE_XT_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "misses/asked.h"
#include "misses/condition.h"
#include "rules/base/strview.h"

/* An option with its value, as it stands in a rule. */
struct xt_seen {
	const struct asked *a;
	struct conditions *out;
	struct strview words;	/* all of it, with its "!" */
	struct strview value;	/* .len 0: it takes none */
	bool inverted;
};

/* What an option asks for, before its "!". */
enum xt_answer { XT_NO, XT_YES, XT_UNKNOWN };

/**
 * xt_answer - put the condition down
 * Return: NULL: it did not fail; else its .distance and .want are to be filled.
 */
struct condition *xt_answer(const struct xt_seen *q, enum asked_field field,
			    enum xt_answer is);

/** xt_unread - the value is not understood: nothing is said of the rule */
void xt_unread(const struct xt_seen *q);

#endif
