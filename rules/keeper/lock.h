/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock: the xtables lock, who holds it and who waits for it. */
#ifndef NFTRACE_LOCK_H
#define NFTRACE_LOCK_H

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * One open file description of the lock file.  flock(2) belongs to it, not to
 * a process: whoever inherits the descriptor holds the lock as well, and
 * lock_release() by any of them releases it for all.
 */
struct lock {
	int fd;			/* -1: closed */
	char path[PATH_MAX];
};

/** lock_path - XTABLES_LOCKFILE, else /run/xtables.lock; borrowed */
const char *lock_path(void);

/**
 * lock_open - open or create the file, as iptables does
 * Return: 0; -EMEDIUMTYPE: it is no regular file; or -errno.
 */
int lock_open(struct lock *l);

/**
 * lock_could_open - what lock_open() would come to where there is no file yet
 * Return: 0, -ENOLINK: the file is a link to none; or -errno.
 */
int lock_could_open(void);

/** lock_close - one descriptor of the description; the last one gives the lock back */
void lock_close(struct lock *l);

/**
 * lock_acquire - wait for the lock in the queue of all others
 * @wait_ms: how long; 0 tries once
 * @wake_fd: end the wait when this becomes readable; -1: none
 * Return: 0, -EWOULDBLOCK after the time, -ECANCELED when woken, or -errno.
 * Nothing of the caller's waits any more when this returns.
 */
int lock_acquire(struct lock *l, int wait_ms, int wake_fd);

/*
 * A place in the queue for the lock, for who has other things to do meanwhile.  A
 * blocking flock() keeps it, which polling does not; a thread of this process (not
 * a child) puts its pid into /proc/locks.
 */
struct lock_wait {
	int fd;			/* readable when the wait is over; -1: there is none */
	int lock_fd;
	int result;
	atomic_bool give_up;
	pthread_t thread;
	struct sigaction before;
};

/**
 * lock_wait_begin - stand in the queue from now on
 * @w: stays where it is until lock_wait_finish() or lock_wait_cancel()
 * Return: 0 or -errno.
 */
int lock_wait_begin(struct lock_wait *w, const struct lock *l);

/** lock_wait_finish - once @w->fd is readable; 0: the lock is held, or -errno */
int lock_wait_finish(struct lock_wait *w);

/**
 * lock_wait_cancel - leave the queue
 * Return: true: the lock was had in the very last moment, and is held.
 */
bool lock_wait_cancel(struct lock_wait *w);

/** lock_release - for every process that shares the description */
void lock_release(struct lock *l);

struct lock_peer {
	pid_t pid;		/* 0: of another PID namespace */
	bool waits;		/* else it holds the lock */
};

/** lock_peers - who holds the lock or waits for it now, the caller too; count or -errno */
int lock_peers(const struct lock *l, struct lock_peer *peer, unsigned int max);

#endif
