/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_index: the inside of the index of places, and the places' ids. */
#ifndef NFTRACE_PLACE_INDEX_H
#define NFTRACE_PLACE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place/legacy_history.h"
#include "place/nft_names.h"
#include "place/place_node.h"
#include "place/text_doubt.h"
#include "rules/base/family.h"
#include "rules/base/units.h"

enum { PLACE_BUCKETS = HASH_SLOTS(4096) };

struct place_index {
	struct legacy_history history[FAMILY_COUNT];
	const struct nft_snapshot *nft;	/* of the start: may forge */
	const struct path_map *map;
	struct forgers forgers[FAMILY_COUNT];
	enum place_phase phase;
	bool unsure;			/* place_index_unsure() */
	uint8_t renewal;		/* number of the last change that was read; 0: none */
	const uint8_t *fit[FAMILY_COUNT];	/* place_index_fit() */
	uint32_t misfits;		/* prefixes that no rule has, so far */
	struct place_node *bucket[PLACE_BUCKETS];	/* what prefixes mean now */
	struct place_node *idle[PLACE_BUCKETS];	/* and what they meant before */
	struct place_node *last;	/* found last, or NULL */
	struct nft_names names;		/* of tables and chains */
	uint32_t count;			/* ids that were given */
	uint32_t *free_id;		/* of these, to be given again */
	uint32_t free_ids, free_room;
	void (*on_release)(void *arg, uint32_t id);
	void *release_arg;
};

/** place_has_only_steps - place.only_steps of a place of which all else is known */
bool place_has_only_steps(const struct place *p);

/**
 * place_adopt - give a place that is made elsewhere its id, and .only_steps
 * @p: stays its maker's, who keeps it for as long as @idx is used
 * Return: false: no memory.
 */
bool place_adopt(struct place_index *idx, struct place *p);

/** place_release - its maker frees it: nothing points to it, and its id will be another's */
void place_release(struct place_index *idx, const struct place *p);

/** place_on_release - who keeps something by a place's id, and is to be told; borrowed */
void place_on_release(struct place_index *idx,
		      void (*fn)(void *arg, uint32_t id), void *arg);

/** place_count - how many different places there were at a time, at most */
uint32_t place_count(const struct place_index *idx);

#endif
