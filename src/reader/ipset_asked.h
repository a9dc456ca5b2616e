/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ipset_asked: what was asked of sets of ipset of late, and what was answered. */
#ifndef NFTRACE_IPSET_ASKED_H
#define NFTRACE_IPSET_ASKED_H

#include <stdint.h>

#include "rules/base/ipset_key.h"

enum { IPSET_KEPT = 64 };	/* answers that are remembered, for a second each */

/* Zeroed: nothing was asked yet. */
struct ipset_asked {
	uint32_t asks;		/* questions so far */
	unsigned int next;	/* the one that makes room */
	struct {
		uint64_t until_ns;	/* CLOCK_MONOTONIC; 0: there is none */
		struct ipset_key key;
		struct ipset_answer answer;
	} kept[IPSET_KEPT];
};

#endif
