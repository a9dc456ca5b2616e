/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seen: a packet as it was at one of its events, to be held against conditions. */
#ifndef NFTRACE_DIFF_SEEN_H
#define NFTRACE_DIFF_SEEN_H

#include <stdint.h>

#include "misses/asked.h"
#include "packet/packet.h"

struct ifnames;
struct journey;

/* What .asked points to is in here, or the journey's. */
struct seen {
	struct asked asked;
	struct packet packet;
	char name[4][17];
	uint8_t bytes[ASKED_ROOM];
};

/**
 * seen_at - as it was in front of step @at
 * @at: a step, or as many as there are: behind the last one
 * @where: a step in the same hook: of the interfaces
 */
void seen_at(struct seen *s, const struct journey *j, uint32_t at,
	     uint32_t where, const struct ifnames *names);

#endif
