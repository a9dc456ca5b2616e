/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_guests: the processes that are about the lock file now: at its door, inside, in the queue. */
#ifndef NFTRACE_LOCK_GUESTS_H
#define NFTRACE_LOCK_GUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct lock_guest;
struct run_host;

/** lock_guests_add - somebody opens the file; NULL: there is no room */
struct lock_guest *lock_guests_add(struct run_host *h, pid_t pid, int ask);

/** lock_guests_inside - who has the file open under this pid; NULL: nobody */
struct lock_guest *lock_guests_inside(struct run_host *h, pid_t pid);

/** lock_guests_drop - the last one of the list takes its place */
void lock_guests_drop(struct run_host *h, struct lock_guest *g);

/** lock_guests_look - who waits for the lock by /proc/locks, and does another hold it */
void lock_guests_look(struct run_host *h);

/** lock_guests_admit - who is held at the door goes in */
void lock_guests_admit(struct run_host *h);

/** lock_guests_is_run - is it a process of nftrace, this run's or another's? */
bool lock_guests_is_run(pid_t pid);

#endif
