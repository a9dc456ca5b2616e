/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cause: why a packet that no rule dropped did not go on, as far as the host tells. */
#ifndef NFTRACE_CAUSE_H
#define NFTRACE_CAUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "change.h"

enum { CAUSE_TEXT = 192 };

/* What is known of the packet.  Compared as bytes: to be zeroed first. */
struct cause_question {
	struct look look;	/* at its last event; ports are left out */
	uint32_t queue;		/* the one it was handed to */
	uint8_t nfproto;
	uint8_t order;		/* enum place_table of its last event */
	bool queued;		/* handed to a queue, and not seen again */
	bool whole;		/* must not be fragmented */
};

/**
 * cause_find - ask routing and the host's settings, in a helper child
 * @text: the likely cause in a few words, "" when nothing explains it
 */
void cause_find(const struct cause_question *q, char text[CAUSE_TEXT]);

#endif
