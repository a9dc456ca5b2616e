/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_rules: puts TRACE rules into the legacy raw table and takes exactly them out. */
#ifndef NFTRACE_TRACE_RULES_H
#define NFTRACE_TRACE_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/base/rule_set.h"

struct family;

/** trace_chain_name - of one bit */
const char *trace_chain_name(unsigned int chain);

/**
 * trace_rules_date - write the run's end into the rules that will go in
 * @deadline: the last time match of each is ours, and no user's
 */
void trace_rules_date(const struct trace_set *set, const struct owner *owner,
		      bool deadline);

/**
 * trace_rules_install - insert the rules at the top of raw's chains
 * @owner: the run whose comment all of them carry
 *
 * First all in one commit; when the kernel refuses that, one by one, and
 * @refused says which chain was refused a rule; a rule that is refused
 * everywhere undoes the others and fails with -EINVAL.  Who changes the table
 * meanwhile without the lock makes it start again.
 *
 * Return: rules that are in now, or -errno with nothing left inside.
 */
int trace_rules_install(struct trace_set *set, const struct owner *owner);

/**
 * trace_rules_remove - take out every rule of raw's chains whose comment names this run
 * @done: filled on success; may be NULL
 *
 * A table that does not exist is not brought into being.  Idempotent.
 * Return: 0 or -errno.
 */
int trace_rules_remove(const struct family *f, const struct owner *owner,
		       struct trace_removed *done);

/**
 * trace_rules_renew - write a new end into our rules' deadline and comment, in place
 * @end: seconds since epoch
 * Return: 0, -ENOENT when none of them is there any more, or -errno.
 */
int trace_rules_renew(const struct family *f, const struct owner *owner,
		      int64_t end);

/**
 * trace_rules_sweep - find rules that carry an owner comment and remove dead owners'
 * @how: enum sweep, ored
 * @stale: filled, an owner each; @max of them at most
 * Return: owners found, living ones too, or -errno.
 */
int trace_rules_sweep(const struct family *f, unsigned int how,
		      struct trace_stale *stale, unsigned int max);

#endif
