/* SPDX-License-Identifier: GPL-2.0-or-later */
/* taken_state: what others took away from the run, and what was done about it. */
#ifndef NFTRACE_TAKEN_STATE_H
#define NFTRACE_TAKEN_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/keeper/protocol.h"

/* One thing of one family. */
enum taken_state {
	TAKEN_NOT,
	TAKEN_ASKED,		/* the keeper is putting it back */
	TAKEN_BACK,		/* it has done so: once, not twice */
	TAKEN_LEFT,		/* taken away again, or not to be put back */
};

struct run_taken {
	uint8_t state[KEEPER_THINGS][FAMILY_COUNT];	/* enum taken_state */
	bool group;		/* NFLOG group 0: it cannot be put back */
	uint32_t generation;	/* of nft's rules at the last look at them */
	bool looked;		/* there was one, and nothing happened since */
	uint64_t look_ns;	/* when to look next, CLOCK_MONOTONIC; 0: at once */
};

#endif
