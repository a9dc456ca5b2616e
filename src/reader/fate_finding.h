/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fate_finding: a question to the supervisor, and what its answer makes of a fate. */
#ifndef NFTRACE_FATE_FINDING_H
#define NFTRACE_FATE_FINDING_H

#include <stdbool.h>
#include <stdint.h>

struct journey;
struct reader_state;

/**
 * fate_finding_take - change the fate of branch @b by the answer to question @i
 * @fresh: the supervisor is to be asked, and waited for unless much is going on
 * Return: enum finding; FINDING_COUNT: there is no answer, or not yet.
 */
uint8_t fate_finding_take(struct reader_state *s, struct journey *j,
			  unsigned int b, int i, bool fresh);

/** fate_finding_dropped - branch @b was dropped by its last rule, @text says how; NULL: so */
void fate_finding_dropped(struct reader_state *s, struct journey *j,
			  unsigned int b, const char *text);

#endif
