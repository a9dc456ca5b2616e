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

/*
 * Slots of a table that is made anew for each input of a fuzzer: to empty thousands takes longer
 * there than all else, and a full one is met more often.
 */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define HASH_SLOTS(n) ((n) / 64)
#else
#define HASH_SLOTS(n) (n)
#endif

#endif
