/* SPDX-License-Identifier: GPL-2.0-or-later */
/* taken: what others take away from the run is noticed, said, and put back once. */
#ifndef NFTRACE_TAKEN_H
#define NFTRACE_TAKEN_H

#include <stdbool.h>

#include "rules/keeper/protocol.h"
#include "supervisor/taken_state.h"

struct run;

/** taken_tick - look at what others can take away if that is due; ms until it is */
int taken_tick(struct run *r);

/** taken_look_last - look once more, before everything is undone: nothing is put back */
void taken_look_last(struct run *r);

/** taken_answered - the keeper has put it back, or could not */
void taken_answered(struct run *r, const struct keeper_message *m);

/** taken_any - was anything taken away, so that something is missing? */
bool taken_any(const struct run_taken *t);

/** taken_say - all of it, in the summary */
void taken_say(const struct run_taken *t);

#endif
