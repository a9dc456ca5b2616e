/* SPDX-License-Identifier: GPL-2.0-or-later */
/* units: nanoseconds of the clocks' units, and how many elements an array has. */
#ifndef NFTRACE_UNITS_H
#define NFTRACE_UNITS_H

#include <stdint.h>

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)
#define MS_PER_S UINT64_C(1000)

/* Of an array itself, not of a pointer to its first element. */
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
