/* SPDX-License-Identifier: GPL-2.0-or-later */
/* way_answer: the supervisor tells which rule and table of routing sent packets out. */
#ifndef NFTRACE_WAY_ANSWER_H
#define NFTRACE_WAY_ANSWER_H

#include <stdbool.h>

struct way;
struct way_answer;

/**
 * ways_answer - answer what was asked, and is not answered yet
 * @known: WAYS of them, like @ways and @answer: the supervisor's own
 */
void ways_answer(const struct way *ways, bool *known, struct way_answer *answer);

#endif
