/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keeping: what the keeper does in its own process: install, renew, undo. */
#ifndef NFTRACE_KEEPING_H
#define NFTRACE_KEEPING_H

#include <stdint.h>

#include "keeper.h"

/* What the supervisor asks; answers are struct keeper_message. */
enum keeping_op { OP_LOCKED, OP_INSTALL, OP_ARMED, OP_UNLOCKED, OP_UNDO };

struct keeping_request {
	uint32_t op;
	uint64_t end_ns;	/* OP_ARMED */
	struct undo undo;	/* OP_INSTALL */
};

/**
 * keeping_main - be the keeper, until the other end of @fd is closed
 * @fd: SEQPACKET; the only descriptor beside 0, 1, 2 and the lock's
 */
void keeping_main(struct keeper_plan *plan, int fd) __attribute__((noreturn));

#endif
