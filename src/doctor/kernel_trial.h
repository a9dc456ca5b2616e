/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel_trial: a rule as a run would insert it, in a network namespace that ends with it. */
#ifndef NFTRACE_KERNEL_TRIAL_H
#define NFTRACE_KERNEL_TRIAL_H

#include <stdbool.h>

#include "plan/plan_state.h"

struct match_result;

/**
 * kernel_trial - does the kernel take a rule of the run's own, without a user's words?
 *
 * A trial makes the kernel load what the rule needs, as the run would.
 * Return: 0; the -errno of its refusal; -EPERM: it cannot be tried, which takes CAP_SYS_ADMIN.
 */
int kernel_trial(const struct family *f, enum plan_trigger trigger);

/** kernel_trial_has_raw - can the table raw be had?  True where that cannot be tried. */
bool kernel_trial_has_raw(const struct family *f);

#endif
