/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fold_steps: which events of a packet are worth a line. */
#ifndef NFTRACE_FOLD_STEPS_H
#define NFTRACE_FOLD_STEPS_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/journey.h"

struct grounds;
struct place_words_cache;

enum fold_why {
	FOLD_DECIDES = 1 << 0,	/* the fate is its doing, or it let the packet pass */
	FOLD_CHANGES = 1 << 1,	/* its rule made a change that is told */
	FOLD_NOTABLE = 1 << 2,	/* user space, a copy, no conntrack: it changed the way */
	FOLD_BESIDE = 1 << 3,	/* a change behind it that was no rule's is told */
	FOLD_NAMED = 1 << 4,	/* it stands somewhere in the block */
};

/* Of one packet; why[] is by the index of its step. */
struct fold_steps {
	const struct journey *j;
	struct place_words_cache *words;
	uint32_t kept;
	uint8_t why[JOURNEY_STEPS];	/* enum fold_why, ored */
};

/** fold_steps_open - nothing is worth anything yet */
void fold_steps_open(struct fold_steps *f, const struct journey *j,
		     struct place_words_cache *words);

/** fold_steps_choose - those of branch @b, by its fate and grounds */
void fold_steps_choose(struct fold_steps *f, unsigned int b,
		       const struct grounds *g);

/** fold_tells - is the change more than what happens to every packet, and not told above? */
bool fold_tells(const struct journey *j, const struct change *c);

/** fold_steps_left - events that stand nowhere in the block */
uint32_t fold_steps_left(const struct fold_steps *f);

#endif
