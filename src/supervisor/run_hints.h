/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_hints: why a run shows nothing, or less than there was. */
#ifndef NFTRACE_RUN_HINTS_H
#define NFTRACE_RUN_HINTS_H

#include <stdint.h>

struct run;
struct run_host;

/** run_hints_counted - packets by the counters of the run's own rules, gone ones' too */
uint64_t run_hints_counted(const struct run_host *h);

/** run_hints_missing - rules of the run that others had taken out when it ended */
unsigned int run_hints_missing(const struct run *r);

/** run_hints_say - why nothing or less was shown; on stderr, at the end */
void run_hints_say(const struct run *r);

#endif
