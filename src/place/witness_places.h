/* SPDX-License-Identifier: GPL-2.0-or-later */
/* witness_places: the run's own chains at the end of hooks, as places and slots. */
#ifndef NFTRACE_WITNESS_PLACES_H
#define NFTRACE_WITNESS_PLACES_H

#include <stdbool.h>

#include "rules/base/family.h"

struct event;
struct event_nft;
struct owner;
struct path_map;
struct place;
struct place_index;

struct witness_places;

/**
 * witness_places_open - a place and a slot for each hook of each family that has one
 * @idx: gives the places their ids; borrowed
 * @run: whose chains they are; copied
 * @hooks: 1 << NF_INET_*, by family_index()
 *
 * Where they are is known without reading any rules, and they never change.
 * Return: NULL: no memory.
 */
struct witness_places *witness_places_open(struct place_index *idx,
					   struct path_map *map,
					   const struct owner *run,
					   const uint8_t hooks[FAMILY_COUNT]);

/** witness_places_close - with the places; NULL: nothing to do */
void witness_places_close(struct witness_places *w);

/** witness_places_is_of_run - is it of a table of nftrace's, this run's or another's? */
bool witness_places_is_of_run(const struct event_nft *n);

/** witness_places_has_chain - is the event of such a chain, of whatever run? */
bool witness_places_has_chain(const struct event_nft *n);

/**
 * witness_places_find - the place of an event of which that is so
 * Return: NULL: it is another run's.
 */
const struct place *witness_places_find(struct witness_places *w,
					const struct event *e);

#endif
