/* SPDX-License-Identifier: GPL-2.0-or-later */
/* losses: questions about packets that went missing, and their answers, in shared memory. */
#ifndef NFTRACE_LOSSES_H
#define NFTRACE_LOSSES_H

#include <stdbool.h>
#include <stdint.h>

#include "fate.h"
#include "look.h"

enum { LOSSES = 16 };

enum loss_state { LOSS_FREE, LOSS_ASKED, LOSS_ANSWERED };

/* What is known of the packet.  Compared as bytes: to be zeroed first. */
struct cause_question {
	struct look look;	/* at its last event; ports are left out */
	uint32_t queue;		/* the one it was handed to */
	uint8_t nfproto;
	uint8_t order;		/* enum place_table of its last event */
	bool queued;		/* handed to a queue, and not seen again */
	bool whole;		/* must not be fragmented */
};

/* Packets that went missing alike.  The reader fills it, then sets ASKED. */
struct loss {
	uint32_t state;			/* enum loss_state; atomic */
	struct cause_question q;
	uint64_t packets;		/* reader */
	char text[CAUSE_TEXT];		/* supervisor, before ANSWERED */
};

/* In memory that both share; the reader is not to be believed. */
struct losses {
	struct loss loss[LOSSES];
	uint64_t others;		/* packets for which there was no room */
};

/**
 * losses_state - enum loss_state; what was written before it was set is there
 * losses_set_state - for the other side to see, with all that was written before
 */
uint32_t losses_state(const struct loss *l);
void losses_set_state(struct loss *l, uint32_t state);

/** losses_answered - has the supervisor done with it? */
bool losses_answered(const struct loss *l);

/** losses_cause - the answer, NULL while there is none, or none was found */
const char *losses_cause(const struct loss *l);

#endif
