/* SPDX-License-Identifier: GPL-2.0-or-later */
/* packet_view: what of a packet an event shows, and what may have changed it. */
#ifndef NFTRACE_PACKET_VIEW_H
#define NFTRACE_PACKET_VIEW_H

#include <stdint.h>

struct packet_view_end {
	uint8_t addr[16];
	int32_t port;		/* -1: none */
};

/*
 * Headers and surroundings that a packet (one branch of it) had at its last event.  Two
 * views are compared as bytes: no padding.
 */
struct packet_view {
	struct packet_view_end src, dst;
	uint32_t mark, in, out, length;
	uint16_t mss;		/* of a SYN, 0: none */
	uint8_t ttl, tos;
	uint32_t hook;
	uint32_t ct_id, ct_mark;	/* of its connection; 0: not told */
};

/*
 * The first steps that can have changed what a view shows, by index.  A legacy
 * event comes before its rule's target runs, one of nft when its rule is done,
 * but for NAT: that is done when all of the chain is.
 */
struct packet_view_since {
	uint16_t headers, mark, ends;
};

/* The last look at a packet: what was seen, and what it does not show yet. */
struct packet_look {
	struct packet_view view;
	struct packet_view_since since;
};

#endif
