/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: match expressions and the host's tables -> the rules that shall go in. */
#ifndef NFTRACE_PLAN_H
#define NFTRACE_PLAN_H

#include <stdint.h>

#include "plan/plan_state.h"

struct helper_then;
struct options;

/** struct plan_meanwhile - what the caller does while helpers parse: once */
struct plan_meanwhile {
	void (*act)(void *arg);
	/*
	 * Before that, where legacy's rules of a family (its index) are parsed: what the
	 * helper that does does behind it.
	 */
	void (*then)(void *arg, unsigned int family, struct helper_then *then);
	void *arg;
};

/**
 * plan_begin - look at the tables: which families and backends
 * plan_make - parse every expression for every family, each in a helper
 *
 * @m: at once where nothing is parsed; NULL: nothing
 *
 * Both report what is wrong or worth a warning, and change nothing on the host.
 * @o outlives the plan.
 * Return: 0, or the exit status after a report.  plan_free() in any case.
 */
int plan_begin(struct plan *p, const struct options *o);
int plan_make(struct plan *p, const struct options *o,
	      const struct plan_meanwhile *m);
void plan_free(struct plan *p);

/** plan_end - when a run that starts now is over for the kernel, epoch seconds */
int64_t plan_end(const struct options *o);

#endif
