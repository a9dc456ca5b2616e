/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_judge: whether a match expression can be traced, and what is said of it. */
#ifndef NFTRACE_PLAN_JUDGE_H
#define NFTRACE_PLAN_JUDGE_H

#include <stdbool.h>

#include "rules/base/family.h"
#include "rules/base/helper.h"
#include "rules/match/match.h"

struct options;
struct plan;

/* One expression for both families. */
struct parsed {
	struct helper_result res[FAMILY_COUNT];
	const struct match_result *m[FAMILY_COUNT];
};

/** plan_judge_any - of a family at least */
bool plan_judge_any(const struct parsed *x, enum match_status status);

/**
 * plan_judge_all - can it be traced, and in which chains of raw?  Says why not
 * @chains: set for each family for which its words are good: TRACE_PREROUTING | TRACE_OUTPUT
 * Return: 0, or the exit status.
 */
int plan_judge_all(const struct options *o, const struct parsed *x,
		   const char *words, unsigned int chains[FAMILY_COUNT]);

/** plan_judge_warn - what it will hardly match, or not show, @trigger being what it is */
void plan_judge_warn(const struct options *o, const struct match_result *m,
		     const char *words, const struct plan *p,
		     unsigned int trigger);

/** plan_judge_refuse - say why its words are no good.  Return: the exit status */
int plan_judge_refuse(const struct parsed *x, const char *words);

/** plan_judge_no_family - they are, but for a family only that has no tables here */
int plan_judge_no_family(const struct plan *p, const struct parsed *x,
			 const char *words);

#endif
