/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_waiters: who waits for the xtables lock while the run holds it. */
#ifndef NFTRACE_LOCK_WAITERS_H
#define NFTRACE_LOCK_WAITERS_H

struct command;
struct run_host;

/**
 * lock_waiters_look - note who waits for the lock right now
 * @c: a waiter that it has started is given the lock: the run waits for @c
 */
void lock_waiters_look(struct run_host *h, const struct command *c);

#endif
