// SPDX-License-Identifier: GPL-2.0-or-later
/* clock: the time of one of the kernel's clocks, in nanoseconds. */
#include "rules/base/clock.h"

#include "rules/base/units.h"

uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

uint64_t clock_monotonic_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}
