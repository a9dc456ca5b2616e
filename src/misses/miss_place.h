/* SPDX-License-Identifier: GPL-2.0-or-later */
/* miss_place: a rule that no event named, as a place. */
#ifndef NFTRACE_MISS_PLACE_H
#define NFTRACE_MISS_PLACE_H

#include <stdint.h>

struct misses_rules;
struct place;
struct rulebook;

/**
 * miss_place - of a rule of the table, by its chain and number
 * Return: as an event of it would have; NULL: it is not certain which it is.
 */
const struct place *miss_place(const struct rulebook *b, uint32_t chain,
			       uint32_t number,
			       const struct misses_rules *rules, uint8_t nfproto);

#endif
