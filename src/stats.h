/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stats: the reader's counts, in memory that the supervisor shares. */
#ifndef NFTRACE_STATS_H
#define NFTRACE_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "fate.h"
#include "losses.h"

enum { STATS_DROPS = 16 };

/*
 * Packets dropped by one rule; the rule by its place in the snapshot, or in
 * words: nft's may be others by the time of the summary, a pcapng has no other.
 */
struct stats_drop {
	uint64_t packets;
	uint32_t chain, number;
	uint8_t family;		/* of the packets, index */
	uint8_t kind;		/* enum place_kind */
	char text[2048];	/* of a rule that no snapshot has, else "" */
};

/* --read: records of a pcapng, or TRACE lines of a log, that are none. */
struct stats_refused {
	volatile uint64_t count;
	uint64_t first;		/* the first one's packet or line, from 1 */
	uint8_t fault;		/* of a record: enum record_fault */
	char word[48];		/* of a record: at which; "": at none */
};

/* Written by the reader only, read by the supervisor at any time. */
struct stats {
	volatile uint64_t events;	/* shown or counted, own rules' not */
	volatile uint64_t own;		/* events of this run's own rules */
	volatile uint64_t foreign;	/* no trace event of these tables */
	volatile uint64_t broken;	/* netlink messages that made no sense, or cut */
	volatile uint64_t forged;	/* that another process sent, not the kernel */
	volatile uint64_t strangers;	/* trace events of rules not in the snapshot */
	volatile uint64_t lost;		/* events, by sequence numbers and drops */
	volatile uint64_t packets;	/* journeys over */
	volatile uint64_t printed;	/* of them printed (--only, -c) */
	volatile uint64_t unprinted;	/* dropped: nobody read stdout fast enough */
	volatile uint64_t ambiguous;
	volatile uint64_t ruleless;	/* no chain but the run's own saw them */
	volatile uint64_t gone;		/* nft events whose rule's text was gone */
	volatile uint64_t fate[FATE_COUNT];
	volatile uint64_t nat_silent;	/* journeys that passed nat unasked */
	volatile bool memory_short;	/* the reader has ended for that */
	volatile uint64_t passed_over;	/* --read: lines or packets of others */
	struct stats_refused refused;	/* some of those passed over */
	volatile uint64_t input_offset;	/* how far it was read, bytes */
	volatile int32_t input_error;	/* -errno */
	volatile uint8_t input_end;	/* enum replay_end */
	struct stats_drop drop[STATS_DROPS];	/* at the end, most first */
	uint32_t drops;
	/* These the supervisor writes, and then counts up .turns. */
	volatile uint8_t changed[2];	/* tables changed by others: by
					 * family, 1 << index */
	volatile bool undoing;		/* the run's rules may be gone */
	volatile uint32_t turns;
	/* The reader counts up .nft_ask; the answer is for that number. */
	volatile uint32_t nft_ask;
	volatile uint32_t nft_generation;
	volatile uint32_t nft_answered;
	struct losses losses;		/* fates that ask for a cause */
	int32_t output_error;		/* -errno: a file of results is gone */
	volatile uint8_t output_sink;	/* which: enum sink_kind */
};

#endif
