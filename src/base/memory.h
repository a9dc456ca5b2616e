/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory: how much of it the reader may take; strangers say what it has to keep. */
#ifndef NFTRACE_MEMORY_H
#define NFTRACE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* Of data, beside the journeys under way: no run that was measured took a third. */
enum { MEMORY_MIB = 1024 };

/**
 * memory_bound - set RLIMIT_DATA: MEMORY_MIB and room for journeys under way
 * @snaplen: bytes of each packet
 *
 * A limit that is lower already stays.
 */
void memory_bound(uint32_t snaplen);

/**
 * memory_is_short - is less than a quarter left?  Then it is time to end, while
 * nothing has failed yet: no packet and no record takes as much.
 * Two system calls.
 */
bool memory_is_short(void);

#endif
