/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_node: a place of the index with all that is kept of it beside what others see. */
#ifndef NFTRACE_PLACE_NODE_H
#define NFTRACE_PLACE_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place/legacy_history.h"
#include "place/place_texts.h"
#include "place/place_types.h"

struct place_node {
	struct place_node *next;	/* of its bucket */
	struct place_node *then;	/* what was looked for behind it, or NULL */
	uint64_t hash;
	struct place place;		/* .snap: NULL: restored */
	struct place_texts texts;
	bool current;			/* its prefix means this rule at the moment */
	const struct place *of[LEGACY_AGES];	/* .place.straddles: it is one of these */
};

/** place_node_new - with a copy of @prefix; NULL: no memory */
struct place_node *place_node_new(uint64_t hash, const char *prefix, size_t len);

/** place_node_free - with its texts; nobody has the place any more */
void place_node_free(struct place_node *n);

/** place_node_of - of a place that the index has made */
static inline struct place_node *place_node_of(const struct place *at)
{
	return (struct place_node *)((char *)at -
				     offsetof(struct place_node, place));
}

/** place_node_own - let the texts outlive the snapshot that they are in; false: no memory */
bool place_node_own(struct place_node *n);

/**
 * place_node_same - do both say the same of the same rule?
 *
 * How many rules follow it in its chain is no part of what a rule is.
 */
bool place_node_same(const struct place_node *a, const struct place_node *b);

#endif
