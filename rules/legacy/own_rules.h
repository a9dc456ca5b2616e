/* SPDX-License-Identifier: GPL-2.0-or-later */
/* own_rules: which rules of raw carry the comment of a run, and in which chains they may be. */
#ifndef NFTRACE_OWN_RULES_H
#define NFTRACE_OWN_RULES_H

#include <stdbool.h>
#include <stdint.h>

struct edit;
struct family;
struct owner;

enum { OWN_RULES_CHAINS = 2 };

/* Chain 1 << i of enum trace_chain is the builtin chain of this hook. */
extern const uint8_t own_rules_hooks[OWN_RULES_CHAINS];

/**
 * own_rules_raw_there - is there a raw table?
 * A table comes into being when the kernel is asked about it.
 * Return: 1, 0, or -errno: it cannot be told.
 */
int own_rules_raw_there(const struct family *f);

/** own_rules_raw_exists - the same; false as well where it cannot be told */
bool own_rules_raw_exists(const struct family *f);

/**
 * own_rules_owner - whose TRACE rule is entry number @i?
 * Return: false: it is none in a builtin chain, or names nobody.
 */
bool own_rules_owner(const struct edit *e, uint32_t i, struct owner *o);

/** own_rules_is_of - is it a rule of this run, whatever end was written into it? */
bool own_rules_is_of(const struct edit *e, uint32_t i,
		     const struct owner *owner);

/**
 * own_rules_once_more - shall a change of raw be tried (again)?
 * @tries: so often it was, 0 for the first
 * @err: what became of the last one; -EAGAIN for the first
 *
 * Somebody may change raw without the lock: it is begun again at once at first,
 * then with pauses that let a storm pass (two seconds in all).
 */
bool own_rules_once_more(unsigned int tries, int err);

#endif
