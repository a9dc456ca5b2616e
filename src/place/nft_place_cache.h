/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_place_cache: the places of nft events: one for each rule, verdict and text. */
#ifndef NFTRACE_NFT_PLACE_CACHE_H
#define NFTRACE_NFT_PLACE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "place/nft_names.h"

struct event;
struct nft_lookup_result;
struct nft_node;
struct nft_snapshot;
struct path_map;
struct place;
struct place_index;

enum {
	NFT_PLACE_CACHE_BUCKETS = 4096,
	NFT_PLACE_CACHE_SOME = 4096,	/* nodes; with so many it is never full */
	NFT_PLACE_CACHE_MAPS = 16,
};

/* A node stays where it is until a sweep finds that nobody uses it: journeys point to it. */
struct nft_place_cache {
	struct place_index *idx;	/* gives them their ids; borrowed */
	const struct path_map *map;
	const struct nft_snapshot *now;	/* the rules as read last */
	uint32_t epoch;			/* how often they were read again */
	uint32_t nodes, sweep_at;	/* how many there are, and may be */
	uint32_t round;			/* of sweeping */
	struct nft_node *bucket[NFT_PLACE_CACHE_BUCKETS];
	struct nft_names names;
	/* Rules whose verdict map was met for the first time, until somebody asks. */
	const struct place *unasked[NFT_PLACE_CACHE_MAPS];
	unsigned int maps;
};

/** nft_place_cache_close - free all nodes and names */
void nft_place_cache_close(struct nft_place_cache *ns);

/** nft_place_cache_new_epoch - @now: borrowed until the next epoch */
void nft_place_cache_new_epoch(struct nft_place_cache *ns,
			       const struct nft_snapshot *now);

/**
 * nft_place_cache_is_full - time to sweep
 * nft_place_cache_use - whoever needs a place marks it so, in front of each sweep
 * nft_place_cache_sweep - free what is not marked, and of no rule of now
 */
bool nft_place_cache_is_full(const struct nft_place_cache *ns);
void nft_place_cache_use(const struct nft_place_cache *ns, const struct place *at);
void nft_place_cache_sweep(struct nft_place_cache *ns);

/** nft_place_cache_next_map - one of .unasked, each once; NULL: none is left */
const struct place *nft_place_cache_next_map(struct nft_place_cache *ns);

/** nft_place_cache_find - a node of this event, of whatever text, or NULL */
struct nft_node *nft_place_cache_find(const struct nft_place_cache *ns,
				      const struct event *e);

/**
 * nft_place_cache_fill - names and key of an event, in a node of the caller's
 * @n: nft_place_cache_empty() it, in any case
 * Return: false: no memory.
 */
bool nft_place_cache_fill(struct nft_place_cache *ns, struct nft_node *n,
			  const struct event *e);
void nft_place_cache_empty(struct nft_node *n);

/** nft_place_cache_has_text - is a node known, with the text that was found? */
bool nft_place_cache_has_text(const struct nft_node *n,
			      const struct nft_lookup_result *f);

/** nft_place_cache_known - the place of @like with that text; NULL: no memory */
struct nft_node *nft_place_cache_known(struct nft_place_cache *ns,
				       const struct nft_node *like,
				       const struct nft_lookup_result *f);

/**
 * nft_place_cache_in_state - the place of @like without a text
 * @state: PLACE_PENDING or PLACE_LOST
 * Return: NULL: no memory.
 */
struct nft_node *nft_place_cache_in_state(struct nft_place_cache *ns,
					  const struct nft_node *like,
					  uint8_t state);

#endif
