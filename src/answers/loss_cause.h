/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss_cause: what became of a packet whose end no event tells, as far as the host tells. */
#ifndef NFTRACE_LOSS_CAUSE_H
#define NFTRACE_LOSS_CAUSE_H

#include "journey/fate.h"
#include "protocol/losses.h"

/**
 * loss_cause_find - ask routing, sockets and the host's settings, in a helper child
 * @text: what the finding says, in a few words; "" when nothing explains it
 */
enum cause_finding loss_cause_find(const struct cause_question *q,
				   char text[CAUSE_TEXT]);

#endif
