/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader_state: what the parts of the reader share: its loop, its events, its start. */
#ifndef NFTRACE_READER_STATE_H
#define NFTRACE_READER_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/journeys.h"
#include "place/path_map.h"
#include "place/place.h"
#include "reader/coalesce.h"
#include "reader/nft_changers.h"
#include "reader/pending.h"
#include "reader/queue_watch.h"
#include "reader/reader_plan.h"
#include "report/backend_diff.h"
#include "report/printer.h"

struct reader_state {
	const struct reader_plan *plan;
	struct stats *stats;
	const struct bulletin *bulletin;	/* NULL: a file is read */
	struct place_index *index;
	struct place_nft *nft;		/* NULL: no events of nft */
	struct path_map map;
	struct backend_diff both;
	struct journeys *journeys;
	struct pending *hold;		/* NULL: no events of nft */
	struct order *order;
	struct queue_watch queues;
	struct nft_changers changers;
	struct ifnames *names;
	struct printer printer;
	uint64_t now_ns, wall_ns;
	uint64_t paused_ns;		/* CLOCK_MONOTONIC */
	uint64_t looked_ns;		/* at the memory, the same clock */
	struct coalesce pace;
	uint32_t next_seq;
	uint32_t turns;			/* of bulletin.h, as last seen */
	int control;
	bool draining, orphaned;
	bool empty;			/* the socket, after the last turn */
	bool caught_up;			/* empty but for what came meanwhile */
	bool busy;			/* much comes at the moment */
};

#endif
