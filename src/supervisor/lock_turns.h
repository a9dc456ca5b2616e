/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_turns: gives the xtables lock to who wants it, and takes it back. */
#ifndef NFTRACE_LOCK_TURNS_H
#define NFTRACE_LOCK_TURNS_H

struct keeper_message;
struct options;
struct plan;
struct run;

/*
 * While the run holds the lock:
 *
 *   TURN_OURS -> TURN_GIVING -> TURN_THEIRS -> TURN_TAKING -> TURN_OURS
 *
 * Who opens the lock file is held at its door (rules/keeper/lock_door.h) until the
 * lock is free: so he has it at once, also if he would not wait.  Where the kernel
 * has no such door, who stands in the queue is given the lock after a second, and
 * who would not wait fails once, and finds it free the next time.
 *
 * The keeper lets go and takes back, and mends the run's rules in raw with it; before
 * and behind that is the window in which legacy's rules may become others.
 */

/** lock_turns_open - how this run uses the lock; before the keeper is forked */
void lock_turns_open(struct run *r);

/** lock_turns_begin - the lock was taken */
void lock_turns_begin(struct run *r);

/** lock_turns_words - what it means for others, for the line that says "armed" */
const char *lock_turns_words(const struct run *r);

/** lock_turns_step - hear who came, look who waits, do what is due; ms until the next */
int lock_turns_step(struct run *r);

/** lock_turns_heard - KEEPER_GIVEN or KEEPER_TAKEN */
void lock_turns_heard(struct run *r, const struct keeper_message *m);

/** lock_turns_end - the run is over, and undoes next: nobody is given the lock any more */
void lock_turns_end(struct run *r);

/** lock_turns_close - the lock is free: who was held at the door goes in */
void lock_turns_close(struct run *r);

#endif
