/* SPDX-License-Identifier: GPL-2.0-or-later */
/* supervisor_loop: the supervisor's wait for whatever ends the capture. */
#ifndef NFTRACE_SUPERVISOR_LOOP_H
#define NFTRACE_SUPERVISOR_LOOP_H

struct run;

/** watch - until the run shall end; sets @r->end */
void supervisor_loop(struct run *r);

#endif
