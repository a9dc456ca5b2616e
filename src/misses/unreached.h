/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unreached: a rule behind the one that decided, which would have accepted the packet. */
#ifndef NFTRACE_UNREACHED_H
#define NFTRACE_UNREACHED_H

#include <stdbool.h>
#include <stdint.h>

struct asked;
struct conditions;
struct passed;

struct unreached {
	uint32_t chain, number;
};

/**
 * unreached_find - without the rule that decided, which would?
 * @w: the way to it
 * @a: as the packet was there
 * @room: is written to
 *
 * An unreached rule stands behind the deciding one in its chain, where that leads, or in the
 * chains that led there; it has a condition, and nothing in between would have had the
 * packet, for certain.
 * Return: false: there is none, or that is not certain.
 */
bool unreached_find(struct unreached *u, const struct passed *w,
		    const struct asked *a, struct conditions *room);

#endif
