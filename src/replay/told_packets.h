/* SPDX-License-Identifier: GPL-2.0-or-later */
/* told_packets: the packets of a recording that were printed last, for records that come late. */
#ifndef NFTRACE_TOLD_PACKETS_H
#define NFTRACE_TOLD_PACKETS_H

#include <stdint.h>

#include "journey/journey.h"

/* A packet of the file, and what number it has here; 0: it was not printed. */
struct told {
	uint64_t number, origin, printed;
	uint32_t hidden;	/* printer_hides() */
	uint8_t kind[JOURNEY_BRANCHES];	/* enum fate_kind */
	uint8_t branches;
};

/* Zeroed: none yet. */
struct told_packets {
	struct told *told;	/* a ring, once it has all its room */
	unsigned int room, next;
};

/** told_packets_add - room for one more, in place of the oldest; NULL: no memory for any */
struct told *told_packets_add(struct told_packets *t);

/** told_packets_find - the last one of that number and origin; NULL: it is forgotten, or never was */
struct told *told_packets_find(struct told_packets *t, uint64_t number,
			       uint64_t origin);

/** told_packets_free - idempotent */
void told_packets_free(struct told_packets *t);

#endif
