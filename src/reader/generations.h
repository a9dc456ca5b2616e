/* SPDX-License-Identifier: GPL-2.0-or-later */
/* generations: which generation of nft's rules was still in force at which time. */
#ifndef NFTRACE_GENERATIONS_H
#define NFTRACE_GENERATIONS_H

#include <stdbool.h>
#include <stdint.h>

enum { GENERATIONS = 32 };

/* Zeroed: nothing is known.  Times are CLOCK_MONOTONIC. */
struct generations {
	struct {
		uint64_t until_ns;	/* asked then, it still was in force */
		uint32_t number;
	} seen[GENERATIONS];		/* oldest first */
	unsigned int count;
};

/** generations_note - an answer to what was asked at @asked_ns, later than all before */
void generations_note(struct generations *g, uint64_t asked_ns,
		      uint32_t number);

/**
 * generations_find - no event that was read by @ns is of a later generation than @number
 * Return: false: nobody has asked since.
 */
bool generations_find(const struct generations *g, uint64_t ns,
		      uint32_t *number);

#endif
