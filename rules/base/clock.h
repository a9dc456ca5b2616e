/* SPDX-License-Identifier: GPL-2.0-or-later */
/* clock: the time of one of the kernel's clocks, in nanoseconds. */
#ifndef NFTRACE_CLOCK_H
#define NFTRACE_CLOCK_H

#include <stdint.h>
#include <time.h>

/** clock_ns - what clock @id says, in nanoseconds; clock_gettime(2) */
uint64_t clock_ns(clockid_t id);

/** clock_monotonic_ns - CLOCK_MONOTONIC: for deadlines and distances */
uint64_t clock_monotonic_ns(void);

#endif
