/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keeper: the process that changes the host and takes the change back, come what may. */
#ifndef NFTRACE_KEEPER_H
#define NFTRACE_KEEPER_H

#include <stdint.h>
#include <sys/types.h>

#include "rules/keeper/protocol.h"

struct keeper {
	pid_t pid;
	int fd;			/* SEQPACKET; readable: a message, or EOF */
};

/**
 * keeper_start - fork the keeper; nothing is changed yet
 *
 * Before the lock is taken: from then on it watches that a supervisor who is
 * stopped does not keep it.
 * @close_fds: descriptors that it must not keep, ended by -1
 * Return: 0 or -errno.  The caller keeps its end of the socket to itself:
 * the keeper undoes all when the last copy of it is closed.
 */
int keeper_start(struct keeper *k, struct keeper_plan *plan,
		 const int *close_fds);

/** keeper_locked - the lock was taken: arming must not take for ever from now on */
int keeper_locked(struct keeper *k);

/**
 * keeper_ask_install - ask it to set the logger and insert the rules; 0 or -errno
 * @undo: what is about to be changed, and the run's end as it is known now
 *
 * The answer's error is -ECANCELED when it has given the run up meanwhile.
 */
int keeper_ask_install(struct keeper *k, const struct undo *undo);

/**
 * keeper_armed - tell it when the run will be over
 * @end_ns: CLOCK_MONOTONIC; 0: no end is known
 */
int keeper_armed(struct keeper *k, uint64_t end_ns);

/** keeper_unlocked - the lock is being given up: take it for each change from now on */
int keeper_unlocked(struct keeper *k);

/** keeper_ask_undo - ask it to take everything back */
int keeper_ask_undo(struct keeper *k);

/**
 * keeper_receive - next message
 * @timeout_ms: -1 waits for ever
 * Return: 0, -EPIPE when the keeper is gone, -ETIMEDOUT, or -errno.
 */
int keeper_receive(struct keeper *k, struct keeper_message *m, int timeout_ms);

/**
 * keeper_await - wait for one answer, pass over other messages
 * Return: 0, -EPIPE when the keeper is gone, -ETIMEDOUT when it took too long
 * or is stopped, or -errno.
 */
int keeper_await(struct keeper *k, enum keeper_event event, int timeout_ms,
		 struct keeper_message *m);

/** keeper_kill - end one that does not answer; what it left is the caller's */
void keeper_kill(struct keeper *k);

/**
 * keeper_stop - close the socket and reap it; it undoes what is not undone
 * Return: false: it was stopped, or took too long, and was killed.
 */
bool keeper_stop(struct keeper *k);

#endif
