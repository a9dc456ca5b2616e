/* SPDX-License-Identifier: GPL-2.0-or-later */
/* disarm: has everything undone, compares the tables, lets the reader finish. */
#ifndef NFTRACE_DISARM_H
#define NFTRACE_DISARM_H

struct run;

/**
 * disarm - undo, verify, release the lock, let the reader finish
 *
 * After arm(), whatever became of it.  What fails is reported, and noted in
 * @r->host.undo, @r->outcome and @r->reader.status.
 */
void disarm(struct run *r);

#endif
