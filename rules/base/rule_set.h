/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule_set: the trigger rules of a run for one family, and what was found of them. */
#ifndef NFTRACE_RULE_SET_H
#define NFTRACE_RULE_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/life.h"
#include "rules/base/owner.h"

struct family;

/* The chains of raw, as bits. */
enum trace_chain {
	TRACE_PREROUTING = 1 << 0,
	TRACE_OUTPUT = 1 << 1,
	TRACE_BOTH = TRACE_PREROUTING | TRACE_OUTPUT,
};

/* One rule that is wanted; the entry carries an owner comment. */
struct trace_rule {
	unsigned int chains;	/* where: enum trace_chain, ored */
	unsigned int refused;	/* out: chains in which the kernel refused it */
	bool late;		/* nft: behind conntrack, not ahead of raw */
	void *entry;		/* owned by the caller, lives as long as the set */
};

/* The rules of one run for one family, in the order in which they go in. */
struct trace_set {
	const struct family *family;
	unsigned int count;
	struct trace_rule *rule;
};

/* What trace_rules_remove() found. */
struct trace_removed {
	unsigned int rules;
	uint64_t packets;	/* counted by the rules in all */
};

/* A rule of somebody else that ran out; from trace_rules_sweep(). */
struct trace_stale {
	struct owner owner;
	unsigned int rules;
	enum life life;
};

#endif
