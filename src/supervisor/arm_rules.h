/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arm_rules: has the keeper put the rules in; tells the user what became of it. */
#ifndef NFTRACE_ARM_RULES_H
#define NFTRACE_ARM_RULES_H

struct run;

/* Steps of arm(): 0, or the exit status after a report. */

/** arm_rules_start_keeper - before the lock is taken, which the keeper watches over */
int arm_rules_start_keeper(struct run *r);

/** arm_rules_ask - have the keeper set the loggers and insert the rules */
int arm_rules_ask(struct run *r);

/** arm_rules_await - they are in */
int arm_rules_await(struct run *r);

/** arm_rules_check - did the keeper undo it all meanwhile: was the run stopped? */
int arm_rules_check(struct run *r);

#endif
