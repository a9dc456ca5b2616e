/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_giving: the lock goes to others, and comes back. */
#ifndef NFTRACE_LOCK_GIVING_H
#define NFTRACE_LOCK_GIVING_H

#include "supervisor/run_state.h"

/** lock_giving_turn - from now on it is @turn's */
void lock_giving_turn(struct lock_turns *t, enum lock_turn turn);

/** lock_giving_ask - have the keeper let it go, to all who want it */
void lock_giving_ask(struct run *r);

/** lock_giving_done - the keeper has, or it is free all the same */
void lock_giving_done(struct run *r);

/** lock_giving_take - have the keeper stand in the queue for it */
void lock_giving_take(struct run *r);

#endif
