/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_nft: where in the nft rules an event was made, and with which text at that time. */
#ifndef NFTRACE_PLACE_NFT_H
#define NFTRACE_PLACE_NFT_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/event_nft.h"

struct event;
struct nft_snapshot;
struct nft_update;
struct path_map;
struct place;
struct place_index;
struct place_nft;

/**
 * place_nft_open - places of nft events
 * @idx: gives them their ids; borrowed
 * @map: gets a slot for each base chain
 * @snap: of the start; borrowed for ever
 * @began: the generation in which the trace began: nft_history_begin()
 * Return: NULL: no memory.
 */
struct place_nft *place_nft_open(struct place_index *idx, struct path_map *map,
				 const struct nft_snapshot *snap, uint32_t began);

/** place_nft_close - with all places that it has made; NULL: nothing to do */
void place_nft_close(struct place_nft *pn);

/**
 * place_nft_find - look an event up
 *
 * While it is not certain which rule it was (not yet told of, or its table is
 * being made anew), the place is pending: see place_nft_resolve().
 * Return: NULL for an event of a family or hook that is not followed.
 */
const struct place *place_nft_find(struct place_nft *pn,
				   const struct event *e);

/**
 * place_nft_find_link - the same of an event outside IP's hooks: of family bridge or
 * netdev, or at inet's ingress
 * @nfproto: of the packet, which such an event need not tell
 * Return: NULL for an event of another family.
 */
const struct place *place_nft_find_link(struct place_nft *pn,
					const struct event *e, uint8_t nfproto);

/** place_nft_is_ingress - is it a base chain of inet's or netdev's ingress? */
bool place_nft_is_ingress(const struct place *at);

/** place_nft_span - generations in which an event read now can have been made */
struct nft_span place_nft_span(const struct place_nft *pn);

/**
 * place_nft_update - the kernel tells of a change of the rules
 * Return: true: texts that were certain may be so no more: place_nft_invalidate()
 * for each place of the journeys under way.
 */
bool place_nft_update(struct place_nft *pn, const struct nft_update *c);

/** place_nft_invalidate - the same place, pending if its rule was made in @span */
const struct place *place_nft_invalidate(struct place_nft *pn,
					 const struct place *at,
					 struct nft_span span);

/** place_nft_is_now - does the rule of a known place read the same now? */
bool place_nft_is_now(struct place_nft *pn, const struct place *at);

/** place_nft_is_open - do the rules change at the moment? */
bool place_nft_is_open(const struct place_nft *pn);

/**
 * place_nft_is_as_of - are the rules read last those of all generations from this one on,
 * as far as the kernel has told?
 */
bool place_nft_is_as_of(const struct place_nft *pn, uint32_t generation);

/** place_nft_wants - must the rules be read again, now? */
bool place_nft_wants(const struct place_nft *pn);

/** place_nft_asked - somebody reads them: place_nft_install() will follow */
void place_nft_asked(struct place_nft *pn);

/** place_nft_generation - of the rules that the kernel has told of so far */
uint32_t place_nft_generation(const struct place_nft *pn);

/** place_nft_lost - messages are lost: all is in doubt, see place_nft_invalidate() */
void place_nft_lost(struct place_nft *pn);

/**
 * place_nft_install - the rules as they are now
 * @snap: mapped; owned by @pn when taken
 *
 * To be called when all events of earlier rules have been read.
 * Return: false: not taken, for the kernel has not yet told of all that is in
 * it; try again when it has.
 */
bool place_nft_install(struct place_nft *pn, const struct nft_snapshot *snap);

/* How much is known when a pending place is looked at again. */
enum place_nft_time {
	PLACE_NFT_RULES,	/* new rules: later ones may be under way */
	PLACE_NFT_TOLD,		/* the kernel has told of all up to the event */
	PLACE_NFT_NOW,		/* there is no more time */
};

/**
 * place_nft_resolve - what a pending place turned out to be
 * Return: @at itself when that is still open, never at PLACE_NFT_NOW; a place
 * without a text, and marked, when it can not be known any more.
 */
const struct place *place_nft_resolve(struct place_nft *pn,
				      const struct place *at,
				      struct nft_span span,
				      enum place_nft_time time);

/** place_nft_forget_text - the same place with no text: nothing vouches for it */
const struct place *place_nft_forget_text(struct place_nft *pn,
					  const struct place *at);

/** place_nft_rules - as read last; borrowed until the next place_nft_install() */
const struct nft_snapshot *place_nft_rules(const struct place_nft *pn);

/** place_nft_map - which chains are where, by these rules */
const struct path_map *place_nft_map(const struct place_nft *pn);

/**
 * place_nft_untouched - has nothing changed a rule, or a map, behind @generation?
 * @key: nft_key_rule(), or nft_key_chain() with the map's name; of those that the
 *	kernel has told of so far
 * place_nft_since - from this generation on all that was touched is known
 */
bool place_nft_untouched(const struct place_nft *pn, uint64_t key,
			 uint32_t generation);
uint32_t place_nft_since(const struct place_nft *pn);

/** place_nft_next_map - a rule whose verdict map was met for the first time; NULL: no other */
const struct place *place_nft_next_map(struct place_nft *pn);

/** place_nft_resolved_all - no event read so far depends on earlier rules */
void place_nft_resolved_all(struct place_nft *pn);

/**
 * place_nft_is_full - there are many places of rules that are no more
 * place_nft_use - somebody needs it yet; for all of them, and then:
 * place_nft_sweep - free the others; to whom place_on_release() tells forget them
 */
bool place_nft_is_full(const struct place_nft *pn);
void place_nft_use(struct place_nft *pn, const struct place *at);
void place_nft_sweep(struct place_nft *pn);

/** place_nft_failed - the rules could not be read */
void place_nft_failed(struct place_nft *pn);

#endif
