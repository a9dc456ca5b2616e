/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_again: messages that are laid out as the last one of their hook. */
#ifndef NFTRACE_EVENT_AGAIN_H
#define NFTRACE_EVENT_AGAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/event.h"

struct nlmsghdr;

enum {
	EVENT_AGAIN_HOOKS = 8,	/* NF_INET_* */
	EVENT_AGAIN_BYTES = 384,	/* between prefix and payload, at most */
	EVENT_AGAIN_PAYLOAD = 256,	/* of longer ones nobody knows whether they come again */
	EVENT_AGAIN_HOLES = 3,
};

/* Bytes that differ from packet to packet; where in .rest. */
struct event_hole {
	uint32_t at, len;
};

/* A message that was taken apart, and what of it stands where behind the prefix. */
struct event_layout {
	struct event e;		/* the last one; it points into .rest, or into a message that is gone */
	uint8_t head[12];	/* its struct nfgenmsg, and NFULA_PACKET_HDR */
	uint32_t len;		/* of all that is behind the prefix; 0: there is none */
	uint32_t told;		/* of that, in front of the payload's bytes */
	/* Stamp, number, conntrack's entry; in this order, of length 0 where there is none */
	struct event_hole hole[EVENT_AGAIN_HOLES];
	/* What was behind the last one's prefix, the payload only where .e.told is known. */
	uint8_t rest[EVENT_AGAIN_BYTES + EVENT_AGAIN_PAYLOAD];
};

/* Zeros: nothing was seen yet. */
struct event_again {
	struct event_layout of[EVENT_AGAIN_HOOKS];
	uint64_t told;		/* numbers given so far: event.told */
};

/**
 * event_parse_again - event_parse(), by an earlier message where this one is laid out so
 *
 * Of each rule at a hook the kernel tells all that it knows of the packet: others are
 * only prefix and sequence number.  Of the next packet the stamp, the entry and the
 * payload are, but each attribute has the same place.
 * Return: NULL: it is broken; else borrowed until the next call, with .told.
 */
const struct event *event_parse_again(struct event_again *again,
				      const struct nlmsghdr *nlh, size_t len);

#endif
