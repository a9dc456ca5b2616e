/* SPDX-License-Identifier: GPL-2.0-or-later */
/* near_miss: a rule that a packet nearly met, and what it lacked. */
#ifndef NFTRACE_NEAR_MISS_H
#define NFTRACE_NEAR_MISS_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

struct place;

enum {
	NEAR_MISSES = 3,	/* of one packet that are told */
	NEAR_MISS_WORDS = 200,	/* bytes at most, with the NUL */
	NEAR_MISS_VALUE = 160,
};

/* How it is known that the condition failed. */
enum near_miss_how {
	NEAR_MISS_SEEN,		/* the packet shows it */
	NEAR_MISS_ELIMINATED,	/* all others held, and the kernel passed the rule over */
	NEAR_MISS_ASKED,	/* so it is now: sets, addresses of this host */
	NEAR_MISS_BEHIND,	/* nothing has: it stands behind the rule that decided, and
				 * would have accepted the packet */
	NEAR_MISS_HOWS,
};

/** near_miss_how_word - "seen", "eliminated", "asked" */
const char *near_miss_how_word(unsigned int how);

/* Texts are not escaped: that is done where they are printed. */
struct near_miss {
	const struct place *at;
	uint8_t how;			/* enum near_miss_how */
	char words[NEAR_MISS_WORDS];	/* of the rule: "--dport 443"; "": BEHIND */
	char value[NEAR_MISS_VALUE];	/* "the packet's is 8080"; "": nothing tells */
};

/** near_miss_copy - its .words; what does not fit is cut off */
void near_miss_copy(struct near_miss *n, struct strview words);

/* The nearest first. */
struct near_misses {
	bool nat;	/* of a packet that went on: rules that would have translated it */
	uint32_t count;
	uint32_t more;		/* so many at least are as near as that, and not told */
	struct near_miss miss[NEAR_MISSES];
};

#endif
