/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parting_types: what parts two packets, as it is found. */
#ifndef NFTRACE_DIFF_PARTING_TYPES_H
#define NFTRACE_DIFF_PARTING_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "diff/facts.h"
#include "diff/pair.h"
#include "diff/ways.h"
#include "journey/near_miss.h"

struct place;

/* How it is known what parted them. */
enum parting_how {
	PARTING_NOWHERE,	/* the events are the same: .facts tell */
	PARTING_CONDITION,	/* .rule was met by one, and .lack says why not by the other */
	PARTING_ONE_HAS,	/* the other's packet would have met .rule: it is not there */
	PARTING_ONE_MET,	/* .rule was met by one; why not by the other nothing tells */
	PARTING_TEXT,		/* at one place stand two rules: .next */
	PARTING_POLICY,		/* the same of a chain's policy */
	PARTING_VERDICT,	/* a verdict map said two things: of .next */
	PARTING_WAY,		/* .next are of other tables, hooks or chains */
	PARTING_END,		/* one of .next is NULL: there is no more event of it */
	PARTING_HOWS,
};

struct parting {
	bool same;		/* nothing of it all differs: ways, facts, fates */
	bool doubtful;		/* events of one of them may be missing */
	bool known;		/* CONDITION: the other recording has the rule as well */
	uint8_t how;		/* enum parting_how */
	uint8_t met;		/* the side that met .rule */
	const char *subject;	/* "port", "set element", "rule", ... */
	const struct place *rule;
	const struct place *instead;	/* ONE_HAS: what stands at its number there; NULL: not known */
	const struct place *next[PAIR_SIDES];	/* behind what is the same */
	uint32_t at[PAIR_SIDES];	/* their steps */
	uint32_t before;	/* events that are the same in front of them */
	uint32_t passed;	/* forks in front of that, of events without effect */
	struct ways ways;
	struct facts facts;
	/*
	 * CONDITION: of the other side, words and what it has; of the side that met the
	 * rule what that has.  How it is known is in the other's.
	 */
	struct near_misses lack[PAIR_SIDES];
};

#endif
