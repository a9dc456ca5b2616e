/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drop_groups: packets alike, of which the kernel dropped some: which ones nobody can tell. */
#ifndef NFTRACE_DROP_GROUPS_H
#define NFTRACE_DROP_GROUPS_H

#include <stdbool.h>
#include <stdint.h>

struct drop_match;
struct drop_seen;

enum { DROP_GROUPS = 256 };	/* then the oldest is taken for ambiguous */

/* Packets alike, some of which have a record. */
struct drop_group {
	uint32_t id;		/* 0: none */
	uint32_t members, records;
	const struct drop_seen *seen;
	bool mixed;		/* their records differ */
};

/* Zeroed: none yet. */
struct drop_groups {
	struct drop_group group[DROP_GROUPS];
	uint32_t count;		/* so far */
};

/**
 * drop_groups_note - a record, which fits the packets of @m alike
 *
 * All of them are of one group from now on, whose id their paths get; one that some of
 * them have already goes on.
 * Return: its id; 0: it fits one packet alone, or no fate depends on whose it is.
 */
uint32_t drop_groups_note(struct drop_groups *g, const struct drop_match *m,
			  const struct drop_seen *seen);

/**
 * drop_groups_ambiguous - were of its packets some lost and some not, or each otherwise?
 * @id: a path's group; 0: it has none
 */
bool drop_groups_ambiguous(const struct drop_groups *g, uint32_t id);

#endif
