/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_waiters: who waits for the xtables lock while the run holds it. */
#ifndef NFTRACE_LOCK_WAITERS_H
#define NFTRACE_LOCK_WAITERS_H

struct run;

/** lock_waiters_look - note who waits for the lock right now, and give it to the command */
void lock_waiters_look(struct run *r);

#endif
