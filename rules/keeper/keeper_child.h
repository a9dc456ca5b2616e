/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keeper_child: what the keeper does in its own process: install, renew, undo. */
#ifndef NFTRACE_KEEPER_CHILD_H
#define NFTRACE_KEEPER_CHILD_H

#include "rules/keeper/protocol.h"

/**
 * keeper_child_main - be the keeper, until the other end of @fd is closed
 * @fd: SEQPACKET; the only descriptor beside 0, 1, 2 and the lock's
 */
void keeper_child_main(struct keeper_plan *plan, int fd)
	__attribute__((noreturn));

#endif
