/* SPDX-License-Identifier: GPL-2.0-or-later */
/* insert: tells the keeper what to put in, and the user what became of it. */
#ifndef NFTRACE_INSERT_H
#define NFTRACE_INSERT_H

struct run;

/* All return 0, or the exit status after a report. */

/** insert_keeper_start - before the lock is taken, which the keeper watches over */
int insert_keeper_start(struct run *r);

/** insert_rules - have the loggers set and the rules inserted */
int insert_rules(struct run *r);

/** insert_check - has the keeper taken them out again while we were stopped? */
int insert_check(struct run *r);

#endif
