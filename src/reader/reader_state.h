/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader_state: what the parts of the reader share: its loop, its events, its start. */
#ifndef NFTRACE_READER_STATE_H
#define NFTRACE_READER_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/event_again.h"
#include "journey/journeys.h"
#include "journey/map_verdict.h"
#include "place/path_map.h"
#include "place/place.h"
#include "printer/printer.h"
#include "reader/coalesce.h"
#include "reader/confirm_watch.h"
#include "reader/ipset_asked.h"
#include "reader/loss_ask.h"
#include "reader/lost_events.h"
#include "reader/map_readings.h"
#include "reader/nft_changers.h"
#include "reader/pending.h"
#include "reader/queue_watch.h"
#include "reader/reader_plan.h"
#include "reader/sentences.h"
#include "reader/share.h"
#include "report/backend_diff.h"

struct misses;

/* What is asked about iptables' tables, see legacy_watch.h, and what was answered. */
struct legacy_watch {
	uint32_t asks;		/* questions so far */
	uint32_t answered;	/* the last one that was */
	uint32_t misfits;	/* place_index_misfits(), as last asked about */
	uint64_t asked_ns;	/* CLOCK_MONOTONIC */
	bool checked;		/* the batch in hand */
	bool opened;		/* somebody has come, and nobody was asked yet */
	uint8_t guard;		/* enum bulletin_guard */
	uint32_t windows;	/* bulletin's, as last seen */
	bool held;		/* somebody was at it when the tables were read */
	uint32_t ask_fence;	/* was put before the last question, and ... */
	bool ask_passed;	/* ... was read */
	bool settled;		/* what stands before it is of the rules that are known */
	uint32_t fence;		/* was put when tables had been read that follow, and ... */
	bool fenced;		/* ... is on its way ... */
	bool passed;		/* ... or was read, and nothing behind it */
	bool straddles;		/* events may be of either reading, until ... */
	uint32_t last_fence;	/* ... this one was read */
	uint64_t changed_ns;	/* CLOCK_MONOTONIC: what was read by then may be of others */
};

struct reader_state {
	const struct reader_plan *plan;
	struct stats *stats;
	const struct bulletin *bulletin;	/* NULL: a file is read */
	struct place_index *index;
	struct place_nft *nft;		/* NULL: no events of nft */
	struct witness_places *witness;	/* NULL: there are none; else events of nft
					 * come, and may be lost, without .nft as well */
	struct path_map map;
	struct backend_diff diff;
	struct journeys *journeys;
	struct pending *pending;		/* NULL: no events of nft */
	uint32_t nft_fence;		/* behind it nft's rules are those that came last */
	struct order *order;
	struct drops *drops;		/* NULL: there are no drop records */
	struct queue_watch queues;
	struct confirm_watch confirms;
	struct loss_times loss_times;
	struct nft_changers changers;
	struct sentences sentences;	/* causes of fates */
	struct map_readings maps;	/* elements of verdict maps */
	struct ipset_asked ipsets;	/* what sets of ipset held of late */
	struct map_verdicts verdicts;	/* of the packet that is printed */
	struct share near_time;		/* spent on near misses */
	struct share asking;		/* spent on waiting for answers */
	struct misses *misses;		/* the same; NULL: nobody has asked yet */
	struct nft_snapshot *listed;	/* --read: of nft's list in --rules; NULL: none */
	struct ifnames *names;
	struct printer printer;
	struct event_again again;	/* of legacy's events */
	uint64_t now_ns, wall_ns;
	uint64_t heard_ns;		/* the last event: .now_ns of then */
	uint64_t paused_ns;		/* CLOCK_MONOTONIC */
	uint64_t looked_ns;		/* at the memory, the same clock */
	struct coalesce coalesce;
	struct flood flood;
	struct lost_events missing;
	uint64_t matched;		/* once it drains: packets that the run's rules counted */
	uint64_t shown_serial;		/* the highest of a packet that was printed */
	uint32_t next_seq;
	uint32_t unshown;		/* drops, at the last look, of no gap in that */
	uint32_t tables_epoch;		/* of bulletin.h, as last seen */
	struct legacy_watch tables;
	int control;
	bool ways;			/* each packet's way is told: way_ask.h */
	bool draining, orphaned;
	bool silent;			/* the supervisor: an answer was waited for in vain */
	bool empty;			/* the socket, after the last turn */
	bool caught_up;			/* empty but for what came meanwhile */
	bool more;			/* much comes at the moment */
	bool flooded;			/* and has come for some time */
	uint64_t marked_bytes;		/* taken of the buffer: then all is read that was there at drops_mark() */
};

/* Nothing but reading has time, but for a share of it. */
static inline bool reader_is_busy(const struct reader_state *s)
{
	return s->flooded && s->more;
}

#endif
