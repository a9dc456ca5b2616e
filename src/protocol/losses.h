/* SPDX-License-Identifier: GPL-2.0-or-later */
/* losses: questions about packets that went missing, and their answers, in shared memory. */
#ifndef NFTRACE_LOSSES_H
#define NFTRACE_LOSSES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "journey/fate.h"
#include "journey/packet_view.h"

enum { LOSSES = 16 };

/*
 * What is known of the packet.  Compared as bytes: to be zeroed first.  It comes
 * from another process: any bytes will do, and a bool would not be one of them.
 */
struct cause_question {
	struct packet_view look; /* at its last event; ports are left out */
	uint32_t queue;		/* the one it was handed to */
	uint8_t nfproto;
	uint8_t order;		/* enum table_order of its last event */
	uint8_t queued;		/* 0, or handed to a queue, and not seen again */
	uint8_t whole;		/* 0, or must not be fragmented */
};

/* A question, in struct stats: the reader writes it, the supervisor does not. */
struct loss {
	/* Release by the reader, behind .q; acquire by the supervisor. */
	_Atomic uint32_t asked;
	_Atomic uint64_t packets;	/* that went missing alike; relaxed */
	struct cause_question q;
};

struct losses {
	struct loss loss[LOSSES];
	_Atomic uint64_t others;	/* packets for which there was no room; relaxed */
};

/* Its answer, in struct bulletin: the supervisor writes it, the reader cannot. */
struct loss_answer {
	/* Release by the supervisor, behind .text; acquire by the reader. */
	_Atomic uint32_t answered;
	char text[CAUSE_TEXT];		/* "": nothing explains it */
};

/** losses_asked - the question is whole */
bool losses_asked(const struct loss *l);

/** losses_answered - the reader: has the supervisor done with it? */
bool losses_answered(const struct loss_answer *a);

/** losses_cause - the reader: the answer, NULL while there is none, or none was found */
const char *losses_cause(const struct loss_answer *a);

#endif
