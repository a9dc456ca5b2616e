/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unexpected: fates of printed packets that are none of those of --expect. */
#ifndef NFTRACE_UNEXPECTED_H
#define NFTRACE_UNEXPECTED_H

#include <stdint.h>

struct journey;
struct report_late;
struct stats;

enum { UNEXPECTED_KEPT = 8 };	/* of which the headers are known */

/* A packet, or a copy of it, that became something else. */
struct unexpected_packet {
	uint64_t number;	/* as printed */
	uint8_t kind, branch;	/* enum fate_kind; 0: the packet itself */
	char headers[192];
};

struct unexpected {
	unsigned int expect;	/* 1 << enum fate_kind; 0: nothing is counted */
	uint64_t count;		/* packets and copies */
	unsigned int kept;
	struct unexpected_packet packet[UNEXPECTED_KEPT];
};

/** unexpected_add - a packet is printed, by its number; INCOMPLETE is no fate to count */
void unexpected_add(struct unexpected *u, const struct journey *j);

/** unexpected_late - a packet that was printed has another fate in truth */
void unexpected_late(struct unexpected *u, const struct report_late *l);

/** unexpected_tell - their number and the first of them, into .unexpected of @st */
void unexpected_tell(const struct unexpected *u, struct stats *st);

#endif
