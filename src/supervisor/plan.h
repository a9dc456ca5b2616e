/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: match expressions and the host's tables -> the rules that shall go in. */
#ifndef NFTRACE_PLAN_H
#define NFTRACE_PLAN_H

#include <stdint.h>

#include "supervisor/plan_state.h"

struct options;

/**
 * plan_begin - look at the tables: which families and backends
 * plan_make - and parse every expression for every family
 *
 * Both report what is wrong or worth a warning, and change nothing.
 * Return: 0, or the exit status.  plan_free() it in any case.
 */
int plan_begin(struct plan *p, const struct options *o);
int plan_make(struct plan *p, const struct options *o);
void plan_free(struct plan *p);

/** plan_end - when a run that starts now is over for the kernel, epoch seconds */
int64_t plan_end(const struct options *o);

#endif
