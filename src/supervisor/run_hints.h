/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_hints: why a run shows nothing, or less than there was. */
#ifndef NFTRACE_RUN_HINTS_H
#define NFTRACE_RUN_HINTS_H

struct run;

/** run_hints_begin - counts of the host, to be compared at the end; Return: 0 */
int run_hints_begin(struct run *r);

/** run_hints_armed - the same of nft's rules, behind the run's own tables; Return: 0 */
int run_hints_armed(struct run *r);

/** run_hints_disarm - were nft's rules changed since?  Before the run takes its own out. */
void run_hints_disarm(struct run *r);

/** run_hints_say - why nothing or less was shown; on stderr, at the end */
void run_hints_say(const struct run *r);

#endif
