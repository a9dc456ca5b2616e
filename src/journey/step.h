/* SPDX-License-Identifier: GPL-2.0-or-later */
/* step: an event of a packet's journey, and a change that it shows. */
#ifndef NFTRACE_STEP_H
#define NFTRACE_STEP_H

#include <stdbool.h>
#include <stdint.h>

struct place;

/* One event, less what is the same for all of its place. */
struct step {
	const struct place *place;
	uint32_t mark, in, out, phys_in, phys_out;
	uint8_t branch;		/* 0: the packet itself; else the number of its copy */
	bool one_backend;	/* backend_diff_mark(): in this backend only */
	uint8_t ages, renewal;	/* the place's, when this event came */
};

enum change_maker { MAKER_RULE, MAKER_CONNTRACK, MAKER_ROUTING,
		    MAKER_FORWARDING, MAKER_BRIDGE, MAKER_UNKNOWN, MAKER_COUNT };
enum change_field { FIELD_MARK, FIELD_SRC, FIELD_DST, FIELD_TTL, FIELD_TOS,
		    FIELD_OUT, FIELD_IN, FIELD_LENGTH, FIELD_MSS, FIELD_CTMARK,
		    FIELD_COUNT };

/* An address and port, or a number, before or after a change. */
struct change_value {
	uint32_t number;
	int32_t port;		/* -1: none */
	uint8_t addr[16];
};

struct change {
	uint16_t step;		/* index of the event behind which it was made */
	/* In one byte: a journey has room for many. */
	uint8_t maker : 3;	/* enum change_maker */
	uint8_t branch : 5;	/* whose it is, as step.branch */
	uint8_t field;		/* enum change_field */
	struct change_value from, to;
};

#endif
