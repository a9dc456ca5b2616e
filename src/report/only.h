/* SPDX-License-Identifier: GPL-2.0-or-later */
/* only: which journeys are printed (--only drop,table=nat,chain=cali-FORWARD). */
#ifndef NFTRACE_ONLY_H
#define NFTRACE_ONLY_H

#include <stdbool.h>
#include <stddef.h>

struct journey;

enum { ONLY_NAMES = 16 };

struct only {
	unsigned int fates;	/* 1 << enum fate_kind; 0: any */
	unsigned int tables, chains;
	const char *table[ONLY_NAMES];	/* any of them; borrowed */
	const char *chain[ONLY_NAMES];
};

/**
 * only_parse - @words is changed in place and must outlive @only
 * @bad: out, when false is returned: the word that is not known; borrowed
 */
bool only_parse(struct only *only, char *words, const char **bad);

/** only_fits - fate is one of these, and an event in one of these, and of those */
bool only_fits(const struct only *only, const struct journey *j);

#endif
