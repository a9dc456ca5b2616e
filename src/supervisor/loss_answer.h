/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss_answer: the supervisor explains why packets went missing. */
#ifndef NFTRACE_LOSS_ANSWER_H
#define NFTRACE_LOSS_ANSWER_H

#include <stdbool.h>

#include "journey/fate.h"

struct loss_answer;
struct losses;

/* What the supervisor has answered, for itself: each question once. */
struct loss_known {
	bool answered, queued;
	char text[CAUSE_TEXT];
};

/**
 * losses_answer - explain what was asked, and is not answered yet
 * @known: LOSSES of them, like @answer
 */
void losses_answer(const struct losses *ls, struct loss_known *known,
		   struct loss_answer *answer);

/**
 * losses_say - at the end: packets by cause, on stderr
 * @ls: a copy, stats_take()
 */
void losses_say(const struct losses *ls, const struct loss_known *known);

#endif
