/* SPDX-License-Identifier: GPL-2.0-or-later */
/* answers: of the connections of which packets were traced, those that nobody answered. */
#ifndef NFTRACE_ANSWERS_H
#define NFTRACE_ANSWERS_H

#include <stdbool.h>
#include <stdint.h>

struct answers;
struct journey;
struct stats;

/** answers_open - none yet; NULL: no memory.  answers_close() takes that */
struct answers *answers_open(void);
void answers_close(struct answers *a);

/**
 * answers_add - a packet whose story is over: it asks, or it answers one that did
 *
 * By the ends it came with, and those it left with; an error of ICMP answers what it
 * quotes.  What is sent to many is not expected to be answered, nor is what did not
 * go on, which its fate explains.
 */
void answers_add(struct answers *a, const struct journey *j);

/**
 * answers_tell - how many were not answered, and the first of them, into .unanswered of @st
 * @masked: without what the first one is
 */
void answers_tell(const struct answers *a, struct stats *st, bool masked);

#endif
