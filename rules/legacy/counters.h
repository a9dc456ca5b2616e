/* SPDX-License-Identifier: GPL-2.0-or-later */
/* counters: what a replaced table had counted, added to the new one's counters. */
#ifndef NFTRACE_COUNTERS_H
#define NFTRACE_COUNTERS_H

#include <stdbool.h>

struct ledger_page;

/**
 * counters_add - add what was counted, and the mark
 *
 * When somebody has replaced the table once more meanwhile, each entry that
 * is still there, in order, gets what it had counted.
 */
void counters_add(const struct ledger_page *p, int sock);

/** counters_are_in - has counters_add() been called for this replacement? */
bool counters_are_in(const struct ledger_page *p, int sock);

/** counters_unmark - take the mark off again, if it is there */
void counters_unmark(const struct ledger_page *p, int sock);

#endif
