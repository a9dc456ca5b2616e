/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ways: the events of two packets side by side, and where they are not the same. */
#ifndef NFTRACE_DIFF_WAYS_H
#define NFTRACE_DIFF_WAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "diff/pair.h"

struct journey;

/* Steps from .at to .end, of each side, that the other does not have. */
struct fork {
	uint32_t at[PAIR_SIDES], end[PAIR_SIDES];
	uint32_t before;	/* steps that are the same in front of it */
};

enum { FORKS_MAX = 16 };

struct ways {
	uint32_t same;		/* events of both */
	uint32_t more;		/* forks beyond those */
	unsigned int forks;
	struct fork fork[FORKS_MAX];
};

/** ways_compare - events of the packets themselves, less those that are not shown */
void ways_compare(struct ways *w, const struct journey *const j[PAIR_SIDES]);

#endif
