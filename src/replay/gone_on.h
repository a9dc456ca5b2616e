/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gone_on: which packets a log tells more of behind a rule that, by the rules given, had ended them. */
#ifndef NFTRACE_GONE_ON_H
#define NFTRACE_GONE_ON_H

#include <stdbool.h>
#include <stdint.h>

struct trace_text;

enum { GONE_ON_MEMORY = 64 };

/* A line of the log, and where the rules given have it. */
struct gone_on_line {
	uint64_t line;			/* from 1; 0: none */
	uint64_t time;			/* ns, on whatever clock the line has */
	uint64_t place, table;		/* prefix_hash() of its prefix, and of its table's name */
	uint32_t chain, number;		/* in the snapshot of its family; SNAP_NONE: not in there */
	uint8_t kind;			/* enum place_kind */
	bool ends;			/* the rules drop or reject it there */
	bool begins;			/* of raw: another packet may begin with it */
};

/* By packet: the first line of it, the last, and the first that ended it; zeroed to begin with. */
struct gone_on {
	struct gone_on_packet {
		uint64_t key;
		uint64_t devices;	/* of the line that ended it */
		struct gone_on_line first, last, ended;
		bool many;		/* several are alike, or it came by twice */
	} packet[GONE_ON_MEMORY];
};

/**
 * gone_on_see - the next line of a log, in its order
 * @t: what it tells; @now: .line not 0
 *
 * Lines that go back in time, of packets that are all alike, or by another interface (a
 * copy of a bridge's) prove nothing.
 * Return: the line that had ended this packet, which went on; NULL: nothing is wrong.
 *	Valid until the next call; of each packet once.
 */
const struct gone_on_line *gone_on_see(struct gone_on *g,
				       const struct trace_text *t,
				       const struct gone_on_line *now);

#endif
