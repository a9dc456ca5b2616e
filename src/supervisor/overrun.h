/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overrun: notices that the run was frozen, or the machine asleep, beyond the run's end. */
#ifndef NFTRACE_OVERRUN_H
#define NFTRACE_OVERRUN_H

#include "supervisor/run_state.h"

/** overrun_begin - the run is armed: its end is known */
void overrun_begin(struct run_clock *c);

/** overrun_awake - the supervisor runs; to be called several times a second */
void overrun_awake(struct run_clock *c);

/**
 * overrun_end - the capture is over: how long after the planned end?
 * @undone_ns: CLOCK_BOOTTIME: when the keeper put the host back by itself; 0: it
 * did not
 *
 * Behind the deadline of its rules a run has missed what it was to trace, if the
 * machine had slept meanwhile, or may have: that is said and noted in @o.
 */
void overrun_end(struct run_outcome *o, const struct run_clock *c,
		 uint64_t undone_ns);

/** overrun_hole - the rules matched nothing for @hole_ns: said and noted in @o */
void overrun_hole(struct run_outcome *o, uint64_t hole_ns);

#endif
