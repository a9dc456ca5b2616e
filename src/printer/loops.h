/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loops: packets that came again by the same way, their TTL less: a routing loop. */
#ifndef NFTRACE_LOOPS_H
#define NFTRACE_LOOPS_H

#include <stdbool.h>
#include <stdint.h>

struct ifnames;
struct journey;
struct stats;

enum { LOOPS_PACKETS = 256, LOOPS_PASSES = 4 };

/* A packet by what no router changes but the TTL, and how it was forwarded lately. */
struct loops_packet {
	uint64_t key;			/* 0: none */
	uint8_t passes;			/* of the last ones, in a ring */
	bool told;
	struct loops_pass {
		uint32_t in, out;	/* interfaces */
		uint8_t ttl;		/* as it came in */
	} pass[LOOPS_PASSES];
};

struct loops {
	struct loops_packet packet[LOOPS_PACKETS];	/* by .key; who comes later takes the place */
};

/**
 * loops_add - a packet whose story is over: into .loops of @st if it goes round
 *
 * A packet that is sent through this host twice is no loop: it is one when the same
 * packet comes in and goes out by the same interfaces again, with a lower TTL.
 * @masked: count it, and say nothing of it
 */
void loops_add(struct loops *l, struct stats *st, const struct journey *j,
	       const struct ifnames *names, bool masked);

#endif
