/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts: what two packets have outside the rules, where that is not the same. */
#ifndef NFTRACE_DIFF_FACTS_H
#define NFTRACE_DIFF_FACTS_H

#include <stddef.h>
#include <stdint.h>

#include "diff/pair.h"

struct ifnames;
struct journey;

enum fact {
	FACT_IN,	/* the interface that it came in by */
	FACT_MARK,
	FACT_STATE,	/* conntrack's */
	FACT_ROUTE,	/* the interface that it was to go out by */
	FACT_DST,	/* who it was translated to ... */
	FACT_SRC,	/* ... and as whom it went on */
	FACT_FATE,
	FACT_REASON,	/* the kernel's, for what it lost */
	FACT_COPIES,
	FACTS,
};

/** fact_word - "interface", "mark" ... */
const char *fact_word(unsigned int fact);

struct facts {
	uint32_t differ;	/* 1 << enum fact, ored */
	uint32_t step[FACTS][PAIR_SIDES];	/* MARK, ROUTE: where it is seen first */
};

/**
 * facts_compare - of the packets themselves
 * @until: the steps that both have in common end there
 */
void facts_compare(struct facts *f, const struct journey *const j[PAIR_SIDES],
		   const uint32_t until[PAIR_SIDES]);

enum { FACT_TEXT = 512 };

/** fact_text - "eth0", "0x1", "ESTABLISHED", "none"; fit for output */
void fact_text(char buf[FACT_TEXT], const struct facts *f, unsigned int fact,
	       unsigned int side, const struct journey *j,
	       const struct ifnames *names);

#endif
