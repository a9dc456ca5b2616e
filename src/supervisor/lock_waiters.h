/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_waiters: who wanted the xtables lock during the run, what they got, and how it is said. */
#ifndef NFTRACE_LOCK_WAITERS_H
#define NFTRACE_LOCK_WAITERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct lock_turns;
struct run_waiter;

/**
 * lock_waiters_note - find or begin the entry of processes like this one
 * @pid: 0: not known
 * Return: NULL when there is no room for one more.
 */
struct run_waiter *lock_waiters_note(struct lock_turns *t, pid_t pid);

/*
 * What became of one of them: counted, and said, but not for ever: the summary
 * says how often.  NULL is taken.
 */

/** lock_waiters_waits - it stands in the queue, and will not be given the lock */
void lock_waiters_waits(struct lock_turns *t, struct run_waiter *w);

/** lock_waiters_had - it had the lock */
void lock_waiters_had(struct lock_turns *t, struct run_waiter *w, uint64_t ns);

/** lock_waiters_refused - it found the lock held, and went */
void lock_waiters_refused(struct lock_turns *t, struct run_waiter *w);

/** lock_waiters_who - "pid 17 (iptables -S, started by bash)" */
void lock_waiters_who(const struct run_waiter *w, char *buf, size_t size);

/** lock_waiters_print - a line for each, at the end */
void lock_waiters_print(const struct lock_turns *t);

#endif
