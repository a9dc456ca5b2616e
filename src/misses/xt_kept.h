/* SPDX-License-Identifier: GPL-2.0-or-later */
/* xt_kept: rules in iptables' words that were read, kept for the next packet. */
#ifndef NFTRACE_XT_KEPT_H
#define NFTRACE_XT_KEPT_H

#include <stdint.h>

#include "rules/base/strview.h"

struct xt_term;

/* At most so many rules; one more takes another's room. */
enum { XT_KEPT = 4096 };

struct xt_kept;

/** xt_kept_open - NULL: no memory */
struct xt_kept *xt_kept_open(void);

/** xt_kept_close - NULL is nothing */
void xt_kept_close(struct xt_kept *k);

/**
 * xt_kept_find - what a rule of this text asks for; it is read unless it was
 * @index: of the rule among all of its kind: those of one chain lie side by side
 * @n: gets how many terms there are
 * Return: its terms, @k's until the next call; NULL: no memory.
 *
 * Whether it is the same rule is known by its whole text: nothing has to be
 * forgotten when rules change.
 */
const struct xt_term *xt_kept_find(struct xt_kept *k, uint32_t index,
				   struct strview text, uint32_t *n);

#endif
