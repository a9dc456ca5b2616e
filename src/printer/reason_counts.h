/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reason_counts: how many packets the kernel lost for which reason, for the summary. */
#ifndef NFTRACE_REASON_COUNTS_H
#define NFTRACE_REASON_COUNTS_H

#include <stdint.h>

#include "protocol/stats.h"

struct fate;
struct packet;

/* The first so many that are different; of the others only the number is known. */
struct reason_counts {
	struct stats_reason reason[STATS_REASONS];
	uint32_t count;
};

/** reason_counts_add - one packet more, if the kernel says that it was lost */
void reason_counts_add(struct reason_counts *c, const struct fate *f,
		       const struct packet *p);

/** reason_counts_tell - most first, into .reason of @st */
void reason_counts_tell(struct reason_counts *c, struct stats *st);

#endif
