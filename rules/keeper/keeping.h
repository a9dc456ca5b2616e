/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keeping: the keeper's state, in its process only. */
#ifndef NFTRACE_KEEPING_H
#define NFTRACE_KEEPING_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/keeper/lock.h"
#include "rules/keeper/protocol.h"

struct keeping {
	struct keeper_plan *plan;
	int fd;			/* the supervisor's socket */
	int end_timer;		/* CLOCK_MONOTONIC: planned end + 1 s */
	int look_timer;		/* CLOCK_MONOTONIC: while arming */
	unsigned int stops_seen;	/* in a row */
	int lease_timer;	/* CLOCK_MONOTONIC: renew */
	int clock_timer;	/* CLOCK_REALTIME, cancelled when it is set */
	uint64_t end_ns;
	uint64_t lease_ns;	/* CLOCK_MONOTONIC: when the lease runs out */
	bool installed, armed, undone;
	bool put_back;		/* rules that others had taken out; once a run */
	struct lock_wait wait;	/* .fd: -1: nobody stands in the queue */
	uint64_t counted[FAMILY_COUNT];	/* by our rules, when the lock was given */
	unsigned int door_looks;	/* in a row that found somebody at the door */
};

/** keeping_tell - to the supervisor, which may be gone, or not read */
void keeping_tell(struct keeping *s, struct keeper_message *m);

#endif
