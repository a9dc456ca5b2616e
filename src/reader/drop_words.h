/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drop_words: what drop records say, in words: one copy of each, which fates point to. */
#ifndef NFTRACE_DROP_WORDS_H
#define NFTRACE_DROP_WORDS_H

#include <stdint.h>

#include "journey/fate.h"

struct drop_reasons;
struct drop_record;

enum { DROP_WORDS = 256 };	/* reasons at places that are told apart */

/* Begins with zeroes. */
struct drop_words {
	struct {
		struct drop_seen text;
		uint64_t location;
		uint32_t reason;
	} seen[DROP_WORDS];
	unsigned int count;
};

/**
 * drop_words_find - the words of a record; they stay where they are
 * @reasons: names; NULL: none
 * @symbol: of its location, as the kernel's symbols name it; NULL: not known
 * Return: NULL: too many are different, and nothing is told of the others.
 */
const struct drop_seen *drop_words_find(struct drop_words *w,
					const struct drop_reasons *reasons,
					const struct drop_record *r,
					const char *symbol);

#endif
