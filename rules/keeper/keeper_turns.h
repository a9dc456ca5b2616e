/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keeper_turns: the keeper lets the lock go, takes it back, and mends raw with it. */
#ifndef NFTRACE_KEEPER_TURNS_H
#define NFTRACE_KEEPER_TURNS_H

struct keeping;

/** keeper_turns_borrow - have the lock for one change, or go without after a while */
void keeper_turns_borrow(struct keeping *s);

/** keeper_turns_return - give back what was borrowed; who holds it for the run keeps it */
void keeper_turns_return(struct keeping *s);

/** keeper_turns_give - OP_GIVE */
void keeper_turns_give(struct keeping *s);

/** keeper_turns_take - OP_TAKE: stand in the queue */
void keeper_turns_take(struct keeping *s);

/** keeper_turns_taken - the wait in the queue is over: mend raw, and say so */
void keeper_turns_taken(struct keeping *s);

/** keeper_turns_leave_queue - stand in it no longer, if it was so */
void keeper_turns_leave_queue(struct keeping *s);

/** keeper_turns_look_at_door - is somebody there whom the supervisor does not hear? */
void keeper_turns_look_at_door(struct keeping *s);

/** keeper_turns_open_door - for good: for the lock, and who was held at its door */
void keeper_turns_open_door(struct keeping *s);

#endif
