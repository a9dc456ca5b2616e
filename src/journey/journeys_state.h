/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journeys_state: what the files that keep the journeys share. */
#ifndef NFTRACE_JOURNEYS_STATE_H
#define NFTRACE_JOURNEYS_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/decode_cache.h"
#include "journey/journey_table.h"
#include "journey/links.h"
#include "journey/observation.h"

struct journey_ops;
struct path_map;

/* ns behind a gap in which a packet may come out of a queue that it was in before. */
enum { JOURNEYS_QUEUE_NS = 250000000 };

struct journeys {
	struct journey_table table;
	struct links links;	/* those that are in no table yet */
	struct decode_cache decoded, decoded_nft;	/* of either backend: other bytes */
	struct observation seen;	/* of journeys_add()'s last event */
	uint64_t seen_told;		/* event.told of it */
	struct journey *only;		/* its journey, if candidate.only; else NULL */
	uint64_t only_moves;		/* .table.moves then */
	uint64_t begun;		/* journeys so far */
	uint32_t suspects;	/* journeys after a gap that may lack a head */
	uint32_t gap_lost;	/* of the last gap */
	uint64_t gap_ns;	/* when the last gap was found, 0: none yet */
	uint64_t now_ns;	/* of the last event */
	uint64_t since_ns;	/* journeys_made_since(); 0: events are made when they are read */
	uint32_t cpus;
	uint32_t depth;		/* of identity_key() */
	uint32_t origin;	/* journeys_origin() */
	uint64_t origin_key;	/* what it makes of a packet's key; 0: nothing */
	bool foreign_trace;
	bool stamps;		/* packets are stamped on receipt */
	const struct path_map *map;
	const struct journey_ops *ops;
	void *arg;
};

#endif
