/* SPDX-License-Identifier: GPL-2.0-or-later */
/* share: while much comes, a tenth of the time may go into what is not reading. */
#ifndef NFTRACE_SHARE_H
#define NFTRACE_SHARE_H

#include <stdint.h>

/* Zeroed: nothing was spent.  Times are CLOCK_MONOTONIC. */
struct share {
	uint64_t at_ns;
	uint64_t spent_ns;	/* of what was saved by then */
};

/**
 * share_left_ns - what may be spent by now
 * @saved_ns: at most; it is there at the beginning, and a tenth of the time that is not
 *	spent is saved
 * Return: ns; 0: nothing
 */
uint64_t share_left_ns(const struct share *h, uint64_t saved_ns, uint64_t now_ns);

/** share_spend - from @begin_ns to @end_ns, which is not before that */
void share_spend(struct share *h, uint64_t begin_ns, uint64_t end_ns);

#endif
