/* SPDX-License-Identifier: GPL-2.0-or-later */
/* display_filter: which journeys are printed (--only drop,table=nat,chain=cali-FORWARD,state=INVALID). */
#ifndef NFTRACE_DISPLAY_FILTER_H
#define NFTRACE_DISPLAY_FILTER_H

#include <stdbool.h>
#include <stddef.h>

struct journey;

enum { DISPLAY_FILTER_NAMES = 16 };

struct display_filter {
	unsigned int fates;	/* 1 << enum fate_kind; 0: any */
	unsigned int states;	/* 1 << enum conntrack_state; 0: any */
	unsigned int tables, chains;
	const char *table[DISPLAY_FILTER_NAMES]; /* any of them; borrowed */
	const char *chain[DISPLAY_FILTER_NAMES];
};

/**
 * display_filter_parse - @words is changed in place and must outlive @only
 * @bad: out, when false is returned: the word that is not known; borrowed
 */
bool display_filter_parse(struct display_filter *only, char *words,
			  const char **bad);

/** display_filter_passes - fate and state are of these, and an event in one of these, and of those */
bool display_filter_passes(const struct display_filter *only,
			   const struct journey *j);

#endif
