/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place: where in the rules an event was made; looked up once, then by hash. */
#ifndef NFTRACE_PLACE_H
#define NFTRACE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "place/place_types.h"

struct path_map;
struct ruleset;

struct place_index;

/**
 * place_index_open - index over legacy's rules
 * @rules: those of nft may log what looks like an event; borrowed
 * @map: filled from them, or NULL; borrowed
 */
struct place_index *place_index_open(const struct ruleset *rules,
				     const struct path_map *map);

/** place_index_close - with all places that it has made; NULL: nothing to do */
void place_index_close(struct place_index *idx);

/* Whether the kernel's numbers in raw are those of the snapshot. */
enum place_phase {
	PHASE_ARMED,		/* they are */
	PHASE_UNDOING,		/* the run's rules may be gone */
	PHASE_UNDONE,		/* they are gone */
};

/**
 * place_index_new_epoch - from now on look up anew; places found stay valid
 * @changed: tables changed by others, 1 << index in the snapshot, by family
 */
void place_index_new_epoch(struct place_index *idx, enum place_phase phase,
			   const uint8_t changed[]);

/**
 * place_find - look a trace prefix up
 * @prefix: as in the message, "TRACE: table:chain:kind:N " and not terminated
 * Return: NULL for anything that the snapshot does not hold: a foreign log
 * message, or a rule that was added later.
 */
const struct place *place_find(struct place_index *idx, uint8_t nfproto,
			       const char *prefix, size_t len);

/**
 * place_restore - a place that a file names, with what the file knows of it
 * Return: NULL: no trace prefix, or too many places.
 */
const struct place *place_restore(struct place_index *idx,
				  const struct place_known *known);

/**
 * place_adopt - give a place that is made elsewhere its id
 * @p: stays its maker's, who keeps it for as long as @idx is used
 * Return: false: no memory.
 */
bool place_adopt(struct place_index *idx, struct place *p);

/** place_release - its maker frees it: nothing points to it, and its id will be another's */
void place_release(struct place_index *idx, const struct place *p);

/** place_on_release - who keeps something by a place's id, and is to be told; borrowed */
void place_on_release(struct place_index *idx,
		      void (*fn)(void *arg, uint32_t id), void *arg);

/* What of a place's texts was allocated for it; the place points there. */
struct place_texts {
	char *prefix, *rule, *line;
};

/** place_texts_free - the place is not to be used any more */
void place_texts_free(struct place_texts *t);

/** place_build_line - .line, owned by @t, from .prefix and .rule; false: no memory */
bool place_build_line(struct place *p, struct place_texts *t);

/** place_count - how many different places there were at a time, at most */
uint32_t place_count(const struct place_index *idx);

/**
 * place_queue - the number of the queue that its rule hands packets to
 * @last: set to that of the last one that it may be, unless NULL
 */
unsigned int place_queue(const struct place *at, unsigned int *last);

#endif
