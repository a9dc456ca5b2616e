/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journey_end: when a journey is over, and what its silence means. */
#ifndef NFTRACE_JOURNEY_END_H
#define NFTRACE_JOURNEY_END_H

#include <stdbool.h>
#include <stdint.h>

struct journey;
struct path_map;
struct place;

/** journey_is_over - no table is left to see the packet, and no copy can turn up */
bool journey_is_over(const struct journey *j, const struct path_map *map);

/** journey_patience_ns - silence after which a journey is over; at least JOURNEY_PATIENCE_MS */
uint64_t journey_patience_ns(const struct journey *j);

/** journey_passed_nat - is the packet behind nat at its first hook, which said nothing? */
bool journey_passed_nat(const struct journey *j, const struct path_map *map);

/** journey_untracked_by - the first of its rules that kept it from conntrack; NULL: none did */
const struct place *journey_untracked_by(const struct journey *j);

/** journey_goes_on - the queue to which branch @b was handed let it pass: its fate is another */
void journey_goes_on(struct journey *j, unsigned int b,
		     const struct path_map *map);

/** journey_find_fates - nothing more comes: fill .fate of each branch */
void journey_find_fates(struct journey *j, const struct path_map *map);

#endif
