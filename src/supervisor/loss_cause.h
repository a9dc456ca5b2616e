/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss_cause: why a packet that no rule dropped did not go on, as far as the host tells. */
#ifndef NFTRACE_LOSS_CAUSE_H
#define NFTRACE_LOSS_CAUSE_H

#include "journey/fate.h"

struct cause_question;

/**
 * loss_cause_find - ask routing and the host's settings, in a helper child
 * @text: the likely cause in a few words, "" when nothing explains it
 */
void loss_cause_find(const struct cause_question *q, char text[CAUSE_TEXT]);

#endif
