/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss_answer: the supervisor explains why packets went missing. */
#ifndef NFTRACE_LOSS_ANSWER_H
#define NFTRACE_LOSS_ANSWER_H

struct losses;

/** losses_answer - explain what was asked */
void losses_answer(struct losses *ls);

/** losses_say - at the end: packets by cause, on stderr */
void losses_say(const struct losses *ls);

#endif
