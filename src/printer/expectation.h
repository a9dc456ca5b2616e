/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expectation: what --expect asks of every packet: its fate, and chains that it comes to. */
#ifndef NFTRACE_EXPECTATION_H
#define NFTRACE_EXPECTATION_H

#include <stdbool.h>

struct journey;

enum { EXPECTATION_CHAINS = 8 };

struct expectation {
	unsigned int fates;	/* 1 << enum fate_kind; 0: any */
	unsigned int chains;	/* it comes to one of these; 0: to whichever */
	const char *chain[EXPECTATION_CHAINS];	/* with "*"; borrowed */
};

/**
 * expectation_parse - "forwarded,sent,chain=cali-fw-*"; @words is changed, and must outlive @e
 * @bad: out, when false is returned: the word that is not known; borrowed
 */
bool expectation_parse(struct expectation *e, char *words, const char **bad);

/** expectation_any - is anything asked? */
static inline bool expectation_any(const struct expectation *e)
{
	return e->fates || e->chains;
}

/** expectation_reached - did the packet come to one of the chains?  Yes if nobody knows. */
bool expectation_reached(const struct expectation *e, const struct journey *j);

#endif
