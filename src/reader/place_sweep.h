/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_sweep: places of nft's rules that are no more are forgotten, so that memory does not grow. */
#ifndef NFTRACE_PLACE_SWEEP_H
#define NFTRACE_PLACE_SWEEP_H

struct reader_state;

/** place_sweep - when there are many of them; no event may be under way */
void place_sweep(struct reader_state *s);

#endif
