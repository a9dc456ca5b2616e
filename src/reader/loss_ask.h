/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss_ask: what the reader asks of a packet whose end no event tells. */
#ifndef NFTRACE_LOSS_ASK_H
#define NFTRACE_LOSS_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/losses.h"

struct journey;
struct path_map;

/**
 * loss_question - what there is to ask of branch @b of @j
 * Return: false: nothing.
 */
bool loss_question(struct cause_question *q, const struct journey *j,
		   unsigned int b, const struct path_map *map);

/**
 * loss_question_bypass - who listens on a queue whose rule lets branch @b pass if nobody does
 * Return: false: it met no such rule.
 */
bool loss_question_bypass(struct cause_question *q, const struct journey *j,
			  unsigned int b);

/**
 * loss_question_connection - whether conntrack has the connection that @j began
 * Return: false: its headers do not tell which.
 */
bool loss_question_connection(struct cause_question *q,
			      const struct journey *j);

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
