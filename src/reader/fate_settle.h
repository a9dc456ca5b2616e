/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fate_settle: what the host and its rules tell of fates that no event tells. */
#ifndef NFTRACE_FATE_SETTLE_H
#define NFTRACE_FATE_SETTLE_H

#include "journey/journey_types.h"
#include "reader/drops.h"

struct reader_state;

/* The question that was asked of each branch, for fate_settle_count(). */
struct fate_asked {
	int loss[JOURNEY_BRANCHES];	/* losses_find() */
	bool any[JOURNEY_BRANCHES];
	enum drops_lack lacks;	/* of records, for which its fate is likely, or UNKNOWN */
};

/**
 * fate_settle - the fates of a journey that is over, before it is counted
 *
 * The supervisor is asked, and waited for unless much is going on.
 */
void fate_settle(struct reader_state *s, struct journey *j,
		 struct fate_asked *asked);

/** fate_settle_count - the journey is told of: count its questions, for the summary */
void fate_settle_count(struct reader_state *s, const struct journey *j,
		       const struct fate_asked *asked);

#endif
