/* SPDX-License-Identifier: GPL-2.0-or-later */
/* owner_counts: whose rules dropped how many packets, for the summary. */
#ifndef NFTRACE_OWNER_COUNTS_H
#define NFTRACE_OWNER_COUNTS_H

#include <stdint.h>

#include "protocol/stats.h"

struct component_found;

enum { OWNER_COUNTS = 64 };	/* owners; who comes then is one of others */

struct owner_counts {
	uint32_t owners;
	uint64_t unowned, others;
	struct stats_owner owner[OWNER_COUNTS];
};

/** owner_counts_add - one packet more that a rule dropped; NULL: of nobody that is known */
void owner_counts_add(struct owner_counts *c, const struct component_found *f);

/** owner_counts_tell - those whose rules dropped most, into .owner of @st */
void owner_counts_tell(struct owner_counts *c, struct stats *st);

#endif
