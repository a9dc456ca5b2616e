/* SPDX-License-Identifier: GPL-2.0-or-later */
/* map_answer: the supervisor has the elements of a verdict map or set read. */
#ifndef NFTRACE_MAP_ANSWER_H
#define NFTRACE_MAP_ANSWER_H

struct run_reader;

/** map_answer - the reader's question; where there are none, the answer is that */
void map_answer(struct run_reader *rd);

#endif
