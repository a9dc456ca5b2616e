/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seen: the packet of the event before, decoded: most events show it once more. */
#ifndef NFTRACE_SEEN_H
#define NFTRACE_SEEN_H

#include <stdint.h>

#include "packet/packet.h"

struct event;

enum { SEEN_MAX = 256 };	/* bytes that are compared; more are decoded anew */

struct seen {
	struct packet p;	/* of the last event: see struct packet.serial */
	uint64_t key;		/* its identity_key() */
	uint64_t serials;	/* given so far */
	uint8_t bytes[SEEN_MAX];
};

/**
 * seen_decode - .p and .key for an event
 * @depth: of identity_key(), always the same
 * What .p points to holds until the next call, or the event's end.
 */
void seen_decode(struct seen *s, const struct event *e, uint32_t depth);

#endif
