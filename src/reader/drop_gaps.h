/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drop_gaps: when drop records were lost: of packets that came then, that there is none says nothing. */
#ifndef NFTRACE_DROP_GAPS_H
#define NFTRACE_DROP_GAPS_H

#include <stdbool.h>
#include <stdint.h>

enum { DROP_GAPS = 32 };

/* Times are CLOCK_MONOTONIC, of journey.last_ns; begin with zeroes. */
struct drop_gaps {
	struct { uint64_t from_ns, to_ns; } gap[DROP_GAPS];	/* in their order, apart */
	unsigned int count;
	uint64_t lost;		/* so many were, at the last look */
	uint64_t looked_ns;	/* when that was */
	uint64_t none_ns;	/* up to here none had been lost yet */
};

/**
 * drop_gaps_none - packets up to @last_ns were dropped, if at all, before the first was lost
 * A ring that nobody reads holds what came first, and loses what comes later.
 */
void drop_gaps_none(struct drop_gaps *g, uint64_t last_ns);

/**
 * drop_gaps_add - one record says nothing
 * @when_ns: when its packet was dropped
 * @read_ns: when the record was read, and before that the packet's events
 *
 * When there are too many gaps the first two become one, with what is between them.
 */
void drop_gaps_add(struct drop_gaps *g, uint64_t when_ns, uint64_t read_ns);

/**
 * drop_gaps_look - how many are lost by now
 * @at_ns: when @lost was asked; all events from before that have been read by @now_ns
 *
 * If there are more than at the last look, what came between the two has a gap.
 */
void drop_gaps_look(struct drop_gaps *g, uint64_t lost, uint64_t at_ns,
		    uint64_t now_ns);

/**
 * drop_gaps_cover - can the record of a packet be one of the lost?
 * @last_ns: of the packet's last event
 * @lost: as many are now, which may be more than at the last look
 */
bool drop_gaps_cover(const struct drop_gaps *g, uint64_t last_ns, uint64_t lost);

#endif
