/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keeper: the supervisor's side of the process that changes the host and takes it back. */
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
 * To be called before the lock is taken: from then on the keeper watches that a
 * supervisor that is stopped does not hold the lock.
 * @plan: copied by the fork
 * Of what the caller has open it keeps the lock, the door and the ledger.
 * Return: 0 or -errno; keeper_stop() it in any case.  No child of the caller may
 * have @k->fd: the keeper undoes all when its last copy is closed.
 */
int keeper_start(struct keeper *k, struct keeper_plan *plan);

/*
 * What the supervisor says, in this order; each returns 0 or -errno, and waits
 * for no answer.
 */

/** keeper_locked - the lock was taken: KEEPER_SETUP_SECONDS for arming begin */
int keeper_locked(struct keeper *k);

/**
 * keeper_ask_install - set the loggers, insert the rules; see apply_plan()
 * @undo: what is about to be changed, and the run's end as it is known now
 * @witness: of the hooks that the plan's tables have a witness at, those that need it
 *
 * Answered by KEEPER_INSTALLED, whose error is -ECANCELED where the keeper has
 * given the run up meanwhile.
 */
int keeper_ask_install(struct keeper *k, const struct undo *undo,
		       const uint8_t witness[FAMILY_COUNT]);

/**
 * keeper_armed - when the run will be over; the keeper undoes a second later
 * @end_ns: CLOCK_MONOTONIC; 0: no end is known
 */
int keeper_armed(struct keeper *k, uint64_t end_ns);

/**
 * keeper_put_off - over, and not yet to be undone: the keeper waits for longer
 * @end_ns: as of keeper_armed(); nothing is written for it, the rules' deadline stays
 */
int keeper_put_off(struct keeper *k, uint64_t end_ns);

/** keeper_ask_give - let the lock go; answered by KEEPER_GIVEN */
int keeper_ask_give(struct keeper *k);

/**
 * keeper_ask_take - stand in the queue for the lock, then mend the rules in raw
 *
 * Rules that others have moved go to the top again; those that are gone go in
 * again, once a run.  Where the run does not hold the lock it is given back then.
 * Answered by KEEPER_TAKEN, whenever the lock can be had; other requests are heard
 * meanwhile.
 */
int keeper_ask_take(struct keeper *k);

/**
 * keeper_ask_put_back - put back what others took away; answered by KEEPER_PUT_BACK
 * @family: index
 *
 * A logger that somebody chose meanwhile is what the run's end restores then.
 */
int keeper_ask_put_back(struct keeper *k, enum keeper_thing thing,
			unsigned int family);

/** keeper_ask_undo - take everything back; answered by KEEPER_UNDONE */
int keeper_ask_undo(struct keeper *k);

/**
 * keeper_receive - the keeper's next message
 * @timeout_ms: -1 waits for ever
 * Return: 0, -EPIPE when the keeper is gone, -ETIMEDOUT, or -errno.
 */
int keeper_receive(struct keeper *k, struct keeper_message *m, int timeout_ms);

/**
 * keeper_await - wait for one answer, pass over other messages
 * Return: 0, -EPIPE when the keeper is gone, -ETIMEDOUT when the keeper took too
 * long or is stopped, or -errno.
 */
int keeper_await(struct keeper *k, enum keeper_event event, int timeout_ms,
		 struct keeper_message *m);

/** keeper_kill - end a keeper that does not answer; the caller undoes what it left */
void keeper_kill(struct keeper *k);

/**
 * keeper_stop - close the socket and reap the keeper, which undoes what is not undone
 *
 * Does nothing for one that was not started or is stopped already.
 * Return: false: the keeper was stopped, or took too long, and was killed.
 */
bool keeper_stop(struct keeper *k);

#endif
