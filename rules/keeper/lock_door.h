/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_door: who opens the lock file; where the kernel lets us, before he has it open. */
#ifndef NFTRACE_LOCK_DOOR_H
#define NFTRACE_LOCK_DOOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct lock;

/*
 * Who does not wait for the lock (iptables 1.8.10 and later without -w, 1.8.7)
 * opens its file, finds it held, and fails.  fanotify(7) asks before the open():
 * whoever holds the lock can let it go first.  Without CAP_SYS_ADMIN in the
 * first user namespace inotify(7) tells of it afterwards, and not who it was.
 */
enum door_kind {
	DOOR_NONE,		/* nothing is known of who opens it */
	DOOR_TELLS,		/* that somebody has */
	DOOR_KNOWS,		/* who has */
	DOOR_ASKS,		/* who will, once lock_door_admit() lets him */
};

struct lock_door {
	int fd;			/* readable: lock_door_next(); -1: there is none */
	bool fanotify;
	uint8_t kind;		/* enum door_kind, once it is watched */
};

struct door_event {
	pid_t pid;		/* 0: not known, or of another PID namespace */
	bool opens;		/* else the file was closed */
	int ask;		/* lock_door_admit() it; -1: no answer is wanted */
};

/** lock_door_open - nothing is watched yet; processes forked from now on share it */
void lock_door_open(struct lock_door *d);

/**
 * lock_door_watch - from now on there are events
 *
 * Where that can be had whoever opens the file is held until lock_door_admit(); so its
 * caller must be quick, and when it ends the kernel lets everybody in.
 */
void lock_door_watch(struct lock_door *d, const struct lock *l);

/** lock_door_next - the next event; false: there is none now */
bool lock_door_next(struct lock_door *d, struct door_event *e);

/** lock_door_admit - let him open it; @ask: of his event, gone then */
void lock_door_admit(const struct lock_door *d, int ask);

/** lock_door_waits - is there an event that nobody has taken? */
bool lock_door_waits(const struct lock_door *d);

/** lock_door_leave - watch no longer; who is held, and not taken, is let in */
void lock_door_leave(struct lock_door *d);

/** lock_door_close - the last of those who share it lets all in */
void lock_door_close(struct lock_door *d);

#endif
