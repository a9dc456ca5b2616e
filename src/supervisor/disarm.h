/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disarm: has everything undone, compares the tables, lets the reader finish. */
#ifndef NFTRACE_DISARM_H
#define NFTRACE_DISARM_H

struct run;

/** disarm - undo, verify, release the lock, let the reader finish */
void disarm(struct run *r);

#endif
