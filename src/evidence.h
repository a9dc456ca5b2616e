/* SPDX-License-Identifier: GPL-2.0-or-later */
/* evidence: which journey an event belongs to, by all that the kernel tells. */
#ifndef NFTRACE_EVIDENCE_H
#define NFTRACE_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

struct event;
struct journey;
struct packet;
struct path_map;
struct place;
struct shelf;

struct candidate {
	struct journey *j;	/* NULL: the event begins a journey */
	unsigned int branch;
	bool fork;		/* .branch is a clone seen for the first time */
	bool twins;		/* another journey fits as well */
	int score;
};

/**
 * evidence_find - the journey under way that fits best
 * @map: which tables are where
 * @p: the event's packet, decoded; @key: its identity_key()
 */
struct candidate evidence_find(const struct shelf *shelf,
			       const struct path_map *map,
			       const struct event *e, const struct place *at,
			       const struct packet *p, uint64_t key);

#endif
