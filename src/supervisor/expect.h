/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expect: did all packets have one of the fates of --expect? */
#ifndef NFTRACE_EXPECT_H
#define NFTRACE_EXPECT_H

struct run;

/** expect_say - what came instead, or that it is not certain; nothing without --expect */
void expect_say(const struct run *r);

/**
 * expect_status - the exit status of a run that did not fail
 * @otherwise: what it is without --expect: STATUS_TRACED, _NOTHING or _INCOMPLETE
 */
int expect_status(const struct run *r, int otherwise);

#endif
