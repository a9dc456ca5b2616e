/* SPDX-License-Identifier: GPL-2.0-or-later */
/* other_runs: runs of nftrace that trace in nft's tables beside this one. */
#ifndef NFTRACE_OTHER_RUNS_H
#define NFTRACE_OTHER_RUNS_H

#include <stdbool.h>

#include "rules/base/owner.h"

struct nft_snapshot;

enum { OTHER_RUNS = 16 };	/* that are said; of later ones the summary tells */

struct other_runs {
	struct owner run[OTHER_RUNS];
	unsigned int count;
	bool left_out;		/* what only they trace; else it is shown */
};

/** other_runs_say - each run whose table is in @s, once; NULL: there are no tables */
void other_runs_say(struct other_runs *o, const struct nft_snapshot *s);

#endif
