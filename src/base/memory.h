/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memory: how much of it the reader may take; strangers say what it has to keep. */
#ifndef NFTRACE_MEMORY_H
#define NFTRACE_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* No run that was measured took a third of this. */
enum { MEMORY_MIB = 1024 };

/**
 * memory_bound - from here on this process takes so much, and what journeys under
 * way need for their packets (@snaplen bytes each), or less where RLIMIT_DATA was
 * less
 */
void memory_bound(uint32_t snaplen);

/**
 * memory_is_short - is less than a quarter left?  Then it is time to end, while
 * nothing has failed yet: no packet and no record takes as much.
 * Two system calls.
 */
bool memory_is_short(void);

#endif
