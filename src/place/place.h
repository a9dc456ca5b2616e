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
struct snapshot;

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

/** place_index_new_epoch - from now on look up anew; places found stay valid */
void place_index_new_epoch(struct place_index *idx, enum place_phase phase);

/**
 * place_index_renew - somebody changed tables: here they are as they are now
 * @snap: mapped; @idx unmaps it when it needs it no more
 * @certain: no others were in force in between
 * @fence: the number of the one that was put when they were so
 *
 * Until place_index_settle() an event of a table that changed may be of a rule
 * from before the change or of one from behind it.  Where these differ its place
 * is in doubt, and place_of_age() has both.  A rule that is the same again is the
 * same place, whatever happened to others meanwhile.
 * Return: which tables changed, a bit each; 0: none did.
 */
unsigned int place_index_renew(struct place_index *idx, unsigned int family,
			       const struct snapshot *snap, bool certain,
			       uint32_t fence);

/**
 * place_index_fit - of each chain of a family's snapshot, before the first look-up
 * @fit: enum place_fit by the chain's index; borrowed; NULL: all fit
 */
void place_index_fit(struct place_index *idx, unsigned int family,
		     const uint8_t *fit);

/** place_index_settle - all events from before fence @read have been read */
void place_index_settle(struct place_index *idx, uint32_t read);

/** place_index_unsure - the tables may be others, and nobody could read them */
void place_index_unsure(struct place_index *idx, bool unsure);

/** place_index_is_unsure - as that was said last */
bool place_index_is_unsure(const struct place_index *idx);

/** place_index_misfits - grows with each prefix that these tables cannot have written */
uint32_t place_index_misfits(const struct place_index *idx);

/** place_index_rules - as read last; NULL: no tables; borrowed until the next reading */
const struct snapshot *place_index_rules(const struct place_index *idx,
					 unsigned int family);

/**
 * place_of_age - the rule that it was, if it was of this age (enum legacy_age)
 * Return: NULL: it was not, or cannot have been, or nobody knows.
 */
const struct place *place_of_age(const struct place *at, unsigned int age);

/**
 * place_find - look a trace prefix up
 * @prefix: as in the message, "TRACE: table:chain:kind:N " and not terminated
 * Return: NULL for anything that the snapshot does not hold: a foreign log
 * message, or a rule that was added later.
 */
const struct place *place_find(struct place_index *idx, uint8_t nfproto,
			       const char *prefix, size_t len);

#endif
