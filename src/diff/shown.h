/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shown: a pair of packets and what parted them, as far as the forms may see it. */
#ifndef NFTRACE_DIFF_SHOWN_H
#define NFTRACE_DIFF_SHOWN_H

#include <stdbool.h>
#include <stdint.h>

#include "diff/pair.h"
#include "diff/parting.h"
#include "report/report.h"

struct masker;
struct near_misses;

/* With --masked all of it has other addresses and names; borrowed until the next pair. */
struct shown {
	uint8_t rung;			/* enum pair_rung */
	const struct parting *p;	/* of it not what is below */
	const struct journey *j[PAIR_SIDES];
	struct report_env env[PAIR_SIDES];
	const struct place *rule, *instead, *next[PAIR_SIDES], *last;
	const struct near_misses *lack[PAIR_SIDES];
};

/**
 * shown_pair - @p and its journeys, masked where @masker is not NULL
 * Return: false: no memory.
 */
bool shown_pair(struct shown *s, const struct parting *p, unsigned int rung,
		const struct journey *const j[PAIR_SIDES],
		const struct report_env *env,
		struct masker *const masker[PAIR_SIDES]);

/** shown_packet - one without another; NULL: no memory */
const struct journey *shown_packet(struct report_env *own,
				   const struct journey *j,
				   const struct report_env *env,
				   struct masker *masker);

/** shown_place - NULL for NULL, or where there is no memory */
const struct place *shown_place(const struct place *at, struct masker *masker);

#endif
