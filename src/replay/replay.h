/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay: --read: a file instead of the kernel's socket, for the reader. */
#ifndef NFTRACE_REPLAY_H
#define NFTRACE_REPLAY_H

struct replay;

/** replay_run - the whole file; the result is in the stats */
void replay_run(struct replay *r);

#endif
