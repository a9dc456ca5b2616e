/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_rule: what a reading of iptables' tables says of the rule that a prefix names. */
#ifndef NFTRACE_PLACE_RULE_H
#define NFTRACE_PLACE_RULE_H

#include <stdbool.h>

#include "place/place_types.h"
#include "place/text_doubt.h"

struct prefix;
struct snap_chain;
struct snapshot;

/* A table of a snapshot, and what its numbers and its silence mean. */
struct place_table {
	const struct snapshot *snap;
	unsigned int index;
	enum place_phase phase;
	bool excerpt;		/* any event may be missing: see place.sure_before */
	const uint8_t *fit;	/* enum place_fit, by chain; NULL: all fit */
};

/**
 * place_rule_has - can the kernel have written this of the chain?
 * @p: of .kind and .number; a rule that matches all is told as a policy or a return
 */
bool place_rule_has(const struct snapshot *s, const struct snap_chain *c,
		    const struct prefix *p);

/**
 * place_rule_fill - all of a place but its prefix, its slot and its line
 * @p: zeroed; what its pointers and chain numbers get is the snapshot's
 * @parts: .number becomes that of the snapshot
 *
 * A number that the chain does not have gives a place without a text.
 * Return: false: the table has no such chain.
 */
bool place_rule_fill(struct place *p, const struct place_table *t,
		     struct prefix *parts);

/** place_rule_doubt - its rule may be another, for that reason: what it does is not known */
void place_rule_doubt(struct place *p, enum text_doubt why);

#endif
