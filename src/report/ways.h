/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ways: from which rule to which the packets went, counted. */
#ifndef NFTRACE_WAYS_H
#define NFTRACE_WAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/journey.h"

struct place;

enum { WAYS_SLOTS = 1 << 16, WAYS_PLACES = 1 << 15 };

/* Nodes that are no rule: where all begin, and where each ends. */
#define WAYS_START UINT32_MAX
#define WAYS_FATES (UINT32_MAX - 1 - FATE_COUNT)

struct way {
	uint32_t from, to;	/* ids of places, or a node from above */
	uint64_t packets;	/* 0: a free slot */
};

struct ways {
	uint64_t packets, copies;
	uint64_t fate[FATE_COUNT];	/* of packets */
	uint64_t left_out;		/* steps for which there was no room */
	uint32_t edges, places;
	bool drops[WAYS_PLACES];	/* by id: some packet ended there */
	const struct place *place[WAYS_PLACES];	/* by id; borrowed */
	struct way edge[WAYS_SLOTS];
};

/** ways_new - no packet yet; NULL: no memory */
struct ways *ways_new(void);
void ways_free(struct ways *w);

/** ways_add - the way of a packet whose story is over */
void ways_add(struct ways *w, const struct journey *j);

static inline bool ways_is_drop(uint32_t fate)
{
	return fate == FATE_DROP || fate == FATE_REJECT;
}

#endif
