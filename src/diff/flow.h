/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flow: who speaks to whom in a recording, and which packet of that each one is. */
#ifndef NFTRACE_DIFF_FLOW_H
#define NFTRACE_DIFF_FLOW_H

#include <stdbool.h>
#include <stdint.h>

struct journey;

/* One end of a connection; compared as bytes: no padding. */
struct flow_end {
	uint8_t addr[16];
	int32_t port;		/* -1: none; of an echo's client its id */
};

/* Both, as the first packet of it shows them: the client has sent that. */
struct flow_ends {
	uint8_t nfproto, proto, unused[2];
	struct flow_end client, server;
};

struct flow {
	struct flow_ends ends;
	struct flow_ends behind;	/* as NAT has made them; or .ends */
	uint32_t other;			/* index of the other recording's; FLOW_NONE */
	uint8_t rung;			/* with .other: of the ladder, pair.h */
};

enum { FLOW_NONE = UINT32_MAX };

/* A packet, as far as it says which other it is like. */
struct flow_packet {
	uint32_t flow;		/* index */
	uint32_t kind;		/* SYN, answer, echo's request ...: a number, and its direction */
	uint32_t packet;	/* index of the journey, in order of time */
};

/* All of a recording. */
struct flows {
	struct flow *flow;
	struct flow_packet *packet;
	uint32_t count, packets;
};

/**
 * flows_find - of @n journeys in their order
 * Return: false: no memory; flows_free() in any case.
 */
bool flows_find(struct flows *f, struct journey *const *j, uint32_t n);
void flows_free(struct flows *f);

#endif
