/* SPDX-License-Identifier: GPL-2.0-or-later */
/* supervisor_loop: the supervisor's wait for whatever ends the capture. */
#ifndef NFTRACE_SUPERVISOR_LOOP_H
#define NFTRACE_SUPERVISOR_LOOP_H

#include "supervisor/run_state.h"

/** supervisor_loop - wait until the run shall end; why, never END_NONE */
enum run_end supervisor_loop(struct run *r);

#endif
