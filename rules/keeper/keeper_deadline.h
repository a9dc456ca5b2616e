/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keeper_deadline: until when the run's rules match, and writing that anew. */
#ifndef NFTRACE_KEEPER_DEADLINE_H
#define NFTRACE_KEEPER_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct keeper_message;
struct keeping;

/** keeper_deadline_any - has any rule of the run a deadline? */
bool keeper_deadline_any(const struct keeping *s);

/**
 * keeper_deadline_renew - write one that fits the clock as it is now into all rules of the run
 * @m: what failed, if anything did
 * Return: 0 or -errno.
 */
int keeper_deadline_renew(struct keeping *s, struct keeper_message *m);

/** keeper_deadline_check - the same if arming took so long that it would come before the end */
void keeper_deadline_check(struct keeping *s);

/**
 * keeper_deadline_ns - when the rules of the run stop matching, a lease from now at most
 * Return: of CLOCK_MONOTONIC; in the past if they do no longer.
 */
uint64_t keeper_deadline_ns(const struct keeping *s);

/** keeper_deadline_tell_hole - if the keeper was frozen: for how long the rules matched nothing */
void keeper_deadline_tell_hole(struct keeping *s);

#endif
