/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch: the supervisor's wait for whatever ends the capture. */
#ifndef NFTRACE_WATCH_H
#define NFTRACE_WATCH_H

struct run;

/** watch - until the run shall end; sets @r->end */
void watch(struct run *r);

#endif
