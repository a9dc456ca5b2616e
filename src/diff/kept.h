/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kept: a journey that outlives whoever has read it. */
#ifndef NFTRACE_DIFF_KEPT_H
#define NFTRACE_DIFF_KEPT_H

struct journey;

/**
 * kept_journey - a copy with all that it points to, but for places
 * Return: one block, to be given to free(); NULL: no memory.
 */
struct journey *kept_journey(const struct journey *j);

#endif
