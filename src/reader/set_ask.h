/* SPDX-License-Identifier: GPL-2.0-or-later */
/* set_ask: what sets of nft held when a packet met the rules that name them. */
#ifndef NFTRACE_SET_ASK_H
#define NFTRACE_SET_ASK_H

#include "misses/nft_set.h"

struct journey;
struct reader_state;

/* Questions of one packet: of more sets nothing is known. */
enum { SET_ASKS = 8 };

struct set_ask {
	struct nft_sets sets;		/* to be asked; .arg is this */
	struct reader_state *s;
	const struct journey *j;
	uint32_t last;			/* questions that may be asked: so many in all */
};

/** set_ask_begin - for one packet; borrows both */
void set_ask_begin(struct set_ask *q, struct reader_state *s, const struct journey *j);

#endif
