/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decode_cache: the packet of the event before, decoded: most events show it once more. */
#ifndef NFTRACE_DECODE_CACHE_H
#define NFTRACE_DECODE_CACHE_H

#include <stdint.h>

#include "packet/packet.h"

struct event;

enum { DECODE_CACHE_MAX = 256 };	/* bytes compared; more are decoded anew */

struct decode_cache {
	struct packet p;	/* of the last event: see struct packet.serial */
	uint64_t key;		/* its identity_key() */
	uint64_t serials;	/* given so far */
	uint64_t told;		/* event.told of the last event */
	uint8_t bytes[DECODE_CACHE_MAX];
};

/**
 * decode_cache_decode - .p and .key for an event
 * @depth: of identity_key(), always the same
 * What .p points to holds until the next call, or the event's end.
 */
void decode_cache_decode(struct decode_cache *s, const struct event *e,
			 uint32_t depth);

#endif
