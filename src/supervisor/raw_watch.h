/* SPDX-License-Identifier: GPL-2.0-or-later */
/* raw_watch: do the run's own TRACE rules still stand where they were put? */
#ifndef NFTRACE_RAW_WATCH_H
#define NFTRACE_RAW_WATCH_H

#include <stdbool.h>

struct keeper_message;
struct run;

/** raw_watch_due - look, when it is time to: must the keeper mend them? */
bool raw_watch_due(struct run *r);

/** raw_watch_mended - KEEPER_TAKEN: what it had to mend is counted, and said */
void raw_watch_mended(struct run *r, const struct keeper_message *m);

#endif
