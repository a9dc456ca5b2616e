/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ipset_ask: is a packet in a set of ipset now, by asking. */
#ifndef NFTRACE_IPSET_ASK_H
#define NFTRACE_IPSET_ASK_H

#include <stdint.h>

#include "misses/xt_set.h"

struct reader_state;

/* Questions of one packet: of more sets nothing is known. */
enum { IPSET_ASKS = 8 };

struct ipset_ask {
	struct ipsets sets;	/* to be asked; .arg is this */
	struct reader_state *s;
	uint32_t last;		/* questions that may be asked: so many in all */
};

/** ipset_ask_begin - for one packet; borrows @s */
void ipset_ask_begin(struct ipset_ask *q, struct reader_state *s);

#endif
