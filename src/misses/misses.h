/* SPDX-License-Identifier: GPL-2.0-or-later */
/* misses: the rules that a packet nearly met. */
#ifndef NFTRACE_MISSES_H
#define NFTRACE_MISSES_H

#include <stdbool.h>

struct journey;
struct misses_rules;

struct misses;

/** misses_open - NULL: no memory */
struct misses *misses_open(void);

/** misses_close - NULL is nothing */
void misses_close(struct misses *m);

/** misses_can_be - was it refused, or may nat have let it pass as it was?  By its fate */
bool misses_can_be(const struct journey *j);

/**
 * misses_find - give the packet's fate its near misses, if it has any
 * @j: its fate is found; .near of it is @m's until the next call
 *
 * Near is a rule of the deciding table that was passed over, failed in one condition
 * while another held, and would have saved the packet.  Of a packet that was forwarded as it
 * came, and of which nat was asked, it is one that would have translated it.
 */
void misses_find(struct misses *m, struct journey *j,
		 const struct misses_rules *rules);

#endif
