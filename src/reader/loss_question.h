/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss_question: what there is to ask of a packet whose end no event tells. */
#ifndef NFTRACE_LOSS_QUESTION_H
#define NFTRACE_LOSS_QUESTION_H

#include <stdbool.h>

struct cause_question;
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
 * loss_question_socket - who has the port that no socket had for branch @b
 * Return: false: its protocol has none, or it is not known.
 */
bool loss_question_socket(struct cause_question *q, const struct journey *j,
			  unsigned int b);

/**
 * loss_question_connection - whether conntrack has the connection that @j began
 * Return: false: its headers do not tell which.
 */
bool loss_question_connection(struct cause_question *q,
			      const struct journey *j);

#endif
