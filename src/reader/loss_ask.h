/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss_ask: each question once, with the number of its answer. */
#ifndef NFTRACE_LOSS_ASK_H
#define NFTRACE_LOSS_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/losses.h"

/* When each question was asked last: CLOCK_MONOTONIC. */
struct loss_times {
	uint64_t asked_ns[LOSSES];
};

/**
 * losses_find - the number of a question, and of its answer
 * @fresh: set when nobody has asked for its like, or not of late, where the answer can
 *	become another: tell the supervisor
 * Return: -1 when there is no room.
 */
int losses_find(struct losses *ls, struct loss_times *times,
		struct cause_question *q, uint64_t now_ns, bool *fresh);

/** losses_once - ask @q in place LOSS_ONCE, which it takes from the question before */
void losses_once(struct losses *ls, const struct cause_question *q);

/** losses_count - one more packet of question @i; -1: of none that there was room for */
void losses_count(struct losses *ls, int i);

#endif
