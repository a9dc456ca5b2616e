/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tally: what a page says at its end: packets by fate, and the rules that they met. */
#ifndef NFTRACE_TALLY_H
#define NFTRACE_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/fate.h"
#include "rules/base/units.h"

struct journey;
struct place;
struct report_late;
struct rule_table;

/* That are counted; the rest is counted as such. */
enum { TALLY_RULES = HASH_SLOTS(8192) };

/* Of one rule. */
struct tally_rule {
	uint64_t met;		/* packets */
	uint64_t decided;	/* of them those that it dropped or rejected */
	uint64_t last;		/* the packet that was counted last */
};

struct tally {
	uint64_t packets;
	uint64_t fate[FATE_COUNT];
	uint64_t left_out;	/* events of rules for which there was no room */
	struct rule_table *rules;
	struct tally_rule *rule;	/* by its number there */
};

/** tally_open - none yet; false: no memory.  tally_close() it in any case */
bool tally_open(struct tally *t);
void tally_close(struct tally *t);

/** tally_add - one packet more, whose story is over */
void tally_add(struct tally *t, const struct journey *j);

/** tally_late - a packet that was added had another end */
void tally_late(struct tally *t, const struct report_late *l);

/** tally_forget - the id will be another place's */
void tally_forget(struct tally *t, uint32_t id);

/**
 * tally_sorted - numbers of rules: first those that decided, then those that most packets met
 * @count: gets how many
 * Return: free(3) it; NULL: no memory, or no rules.
 */
uint32_t *tally_sorted(const struct tally *t, uint32_t *count);

#endif
