/* SPDX-License-Identifier: GPL-2.0-or-later */
/* changed: rules that are not the same in both recordings, as far as packets have met them. */
#ifndef NFTRACE_DIFF_CHANGED_H
#define NFTRACE_DIFF_CHANGED_H

#include <stdbool.h>
#include <stdint.h>

#include "diff/pair.h"
#include "diff/side.h"

enum { CHANGED_MAX = 64 };

enum changed_how {
	CHANGED_TEXT,		/* at one place stand two rules */
	CHANGED_PLACE,		/* the first rule of its chain that stands elsewhere in the other */
};

struct changed_rule {
	uint8_t how;		/* enum changed_how */
	const struct place *at[PAIR_SIDES];
};

struct changed {
	uint32_t count, more;
	bool cut;		/* there are too many: not all were compared */
	struct changed_rule rule[CHANGED_MAX];
};

/** changed_find - texts are compared without counters */
void changed_find(struct changed *c, const struct side *side);

#endif
