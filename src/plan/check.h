/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: what stands in the way of a run or was left behind, and who did it. */
#ifndef NFTRACE_CHECK_H
#define NFTRACE_CHECK_H

#include <stdbool.h>
#include <stddef.h>

struct lock;
struct options;
struct plan;
struct ruleset;

/** check_lock_holder - say who holds the xtables lock */
void check_lock_holder(const struct lock *l);

enum { CHECK_HOLDER = 256 };	/* bytes of a holder's words, with their NUL */

/**
 * check_group_holder - who has bound NFLOG group 0, in words
 * Return: false: nobody.
 */
bool check_group_holder(char *buf, size_t size);

/** check_lock_error - why lock_open() or lock_could_open() failed, in words */
const char *check_lock_error(int err);

/* What dead runs have left. */
struct check_left {
	unsigned int found;	/* rule sets, tables of counters, logger records */
	unsigned int failed;	/* of these loggers that cannot be put back */
	unsigned int strange;	/* files in /run/nftrace that stay: none of nftrace's,
				 * or not to be read or removed */
	unsigned int unseen;	/* rule sets of runs that may be dead or not */
};

/**
 * check_dead_runs - rules, tables and loggers that dead runs left: removed, and said
 * @how: SWEEP_DRY: only said; SWEEP_ALONE: the caller has NFLOG group 0; ored
 * @locked: the caller holds the xtables lock; else raw is only looked at
 * Return: 0, or the exit status after a report.
 */
int check_dead_runs(unsigned int how, bool locked, struct check_left *left);

/**
 * check_foreign - say which rules of others trace, end a trace, or log to group 0
 * @p: the run that goes on beside them; NULL: none
 * Return: the number of those that trace.
 */
unsigned int check_foreign(const struct ruleset *rules, const struct plan *p);

/** check_cleanup - --cleanup; the exit status */
int check_cleanup(const struct options *o);

#endif
