/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss_answer: the supervisor explains why packets went missing. */
#ifndef NFTRACE_LOSS_ANSWER_H
#define NFTRACE_LOSS_ANSWER_H

#include <stdint.h>

#include "journey/fate.h"

struct loss_answer;
struct losses;

/* What the supervisor has answered, for itself. */
struct loss_known {
	uint32_t answered;	/* as often; 0: never */
	uint64_t asked_ns;	/* the host, CLOCK_MONOTONIC */
	uint8_t about;		/* enum cause_about */
	uint8_t finding;	/* enum cause_finding */
	char text[CAUSE_TEXT];
};

/**
 * losses_answer - explain what was asked, and is not answered yet
 * @known: LOSS_SLOTS of them, like @answer
 */
void losses_answer(const struct losses *ls, struct loss_known *known,
		   struct loss_answer *answer);

/**
 * losses_say - at the end: packets by cause, on stderr
 * @ls: a copy, stats_take()
 */
void losses_say(const struct losses *ls, const struct loss_known *known);

#endif
