/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack_counts: what a run has seen of conntrack. */
#ifndef NFTRACE_CONNTRACK_COUNTS_H
#define NFTRACE_CONNTRACK_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "host/flow.h"

enum { CONNTRACK_SAMPLES = 4 };

struct conntrack_counts {
	struct flow_drops before;	/* before the run's rules */
	bool tracks;			/* it has had a connection since */
	/* .insert_failed of the last second, the next to be replaced first. */
	uint64_t sample[CONNTRACK_SAMPLES];
	unsigned int next;
	uint64_t sampled_ns;		/* CLOCK_MONOTONIC */
};

#endif
