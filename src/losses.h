/* SPDX-License-Identifier: GPL-2.0-or-later */
/* losses: packets that went missing: the reader asks, the supervisor answers. */
#ifndef NFTRACE_LOSSES_H
#define NFTRACE_LOSSES_H

#include <stdbool.h>
#include <stdint.h>

#include "cause.h"

struct journey;

enum { LOSSES = 16 };

enum loss_state { LOSS_FREE, LOSS_ASKED, LOSS_ANSWERED };

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
 * losses_note - the reader: branch @b of @j went missing
 * @fresh: set when nobody has asked for its like: tell the supervisor
 * Return: its entry, NULL when there is no room.
 */
struct loss *losses_note(struct losses *ls, const struct journey *j,
			 unsigned int b, bool *fresh);

/** losses_answered - has the supervisor done with it? */
bool losses_answered(const struct loss *l);

/** losses_cause - the answer, NULL while there is none, or none was found */
const char *losses_cause(const struct loss *l);

/** losses_answer - the supervisor: explain what was asked */
void losses_answer(struct losses *ls);

/** losses_say - the supervisor, at the end: packets by cause, on stderr */
void losses_say(const struct losses *ls);

#endif
