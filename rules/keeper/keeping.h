/* SPDX-License-Identifier: GPL-2.0-or-later */
/* keeping: what the keeper does in its own process: install, renew, undo. */
#ifndef NFTRACE_KEEPING_H
#define NFTRACE_KEEPING_H

#include "rules/keeper/protocol.h"

/**
 * keeping_main - be the keeper, until the other end of @fd is closed
 * @fd: SEQPACKET; the only descriptor beside 0, 1, 2 and the lock's
 */
void keeping_main(struct keeper_plan *plan, int fd) __attribute__((noreturn));

#endif
