// SPDX-License-Identifier: GPL-2.0-or-later
/* overrun: notices that the run was frozen, or the machine asleep, beyond the run's end. */
#include "supervisor/overrun.h"

#include "base/msg.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"
#include "rules/keeper/protocol.h"

/* The clock that goes on while the machine sleeps; the run's own does not. */
static uint64_t now_ns(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

void overrun_begin(struct run_clock *c)
{
	uint64_t now = clock_monotonic_ns();

	c->awake_ns = now_ns();
	c->ahead_ns = (int64_t)(c->awake_ns - now);
	c->end_boot_ns = c->end_ns ? c->end_ns + (c->awake_ns - now) : 0;
}

void overrun_awake(struct run_clock *c)
{
	uint64_t now = now_ns();

	if (now - c->awake_ns > c->frozen_ns)
		c->frozen_ns = now - c->awake_ns;
	c->awake_ns = now;
}

void overrun_end(struct run_outcome *o, const struct run_clock *c,
		 uint64_t undone_ns)
{
	uint64_t at = undone_ns ? undone_ns : now_ns();
	int64_t slept = (int64_t)(now_ns() - clock_monotonic_ns()) -
		c->ahead_ns;

	if (!c->end_boot_ns ||
	    at < c->end_boot_ns + KEEPER_DEADLINE_SECONDS * NS_PER_S)
		return;
	o->overrun = true;
	if (slept > (int64_t)NS_PER_S)
		msg("warning: the machine slept for %.1f s during this run: "
		    "packets of the time that the run was to last are missing",
		    (double)slept / 1e9);
	else
		msg("warning: this run was frozen or stopped for %.1f s, until "
		    "%.1f s after its end: packets of that time may be missing",
		    (double)c->frozen_ns / 1e9,
		    (double)(at - c->end_boot_ns) / 1e9);
}

void overrun_hole(struct run_outcome *o, uint64_t hole_ns)
{
	o->overrun = true;
	msg("warning: this run was frozen or stopped, and its rules matched "
	    "nothing for %.1f s: packets of that time are missing",
	    (double)hole_ns / 1e9);
}
