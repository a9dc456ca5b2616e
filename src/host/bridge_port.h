/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bridge_port: through which port would a bridge have to send a packet, and may it? */
#ifndef NFTRACE_BRIDGE_PORT_H
#define NFTRACE_BRIDGE_PORT_H

#include <stdbool.h>
#include <stdint.h>

/* A packet that a bridge got.  Ports and bridge are interface indexes. */
struct bridge_way {
	bool six;
	const uint8_t *dst;	/* 4 or 16 bytes, a neighbour on the bridge; NULL: .mac tells */
	uint8_t mac[6];		/* to which its frame goes; with .dst filled here */
	uint8_t from[6];	/* where it came from: with .in 0 */
	uint32_t bridge, in;	/* .in: the port by which it came in; 0: .from tells */
	uint32_t out;		/* the port behind which that is; filled here */
	uint8_t state;		/* BR_STATE_* of the port that does not forward; filled here */
};

enum bridge_refusal {
	BRIDGE_SENDS,		/* nothing is known that speaks against it */
	BRIDGE_NO_HAIRPIN,	/* .out is .in, and hairpin mode is off there */
	BRIDGE_IN_STATE,	/* .in does not forward */
	BRIDGE_OUT_STATE,	/* .out does not */
	BRIDGE_ISOLATED,	/* both are isolated ports */
};

/**
 * bridge_port_refuses - why the bridge would not send it on
 * As should_deliver() of net/bridge/br_forward.c, and br_handle_frame_finish().
 */
enum bridge_refusal bridge_port_refuses(struct bridge_way *w);

/** bridge_port_state - "blocking"; a state that nobody knows: "?" */
const char *bridge_port_state(uint8_t state);

#endif
