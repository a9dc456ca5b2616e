/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_lookup: the rule of an nft event in the rules of one moment: its text, and what it does. */
#ifndef NFTRACE_NFT_LOOKUP_H
#define NFTRACE_NFT_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/event.h"
#include "place/place_texts.h"
#include "place/place_types.h"

struct nft_snap_chain;
struct nft_snap_rule;
struct nft_snap_table;
struct nft_snapshot;
struct path_map;

/* A place of nft, with what else its event tells; nft_place_cache.h has them. */
struct nft_node {
	struct place place;
	struct place_texts texts;
	struct nft_node *next;
	uint64_t hash;
	uint64_t key;		/* nft_key_rule(), nft_key_chain(): of what a version */
	char *jump;		/* owned; "" for none */
	uint32_t jump_len;
	int32_t verdict;
	uint32_t policy;
	uint8_t type;		/* enum nft_trace_types */
	bool of_run;		/* its table is one of nftrace, ours or not, by the name */
	uint32_t epoch;		/* of the cache, when its text was looked up last */
	uint32_t used;		/* the last round of sweeping in which it was in use */
};

/**
 * nft_node_of - the node of an event's place
 * @at: found by place_nft_find(); or a legacy one or a witness, that have none
 * Return: NULL: @at is one of those.  Restored places of nft have no node:
 * they are never in one process with events.
 */
static inline const struct nft_node *nft_node_of(const struct place *at)
{
	return at->backend == EVENT_NFT && !at->witness ?
		(const void *)((const char *)at -
			       offsetof(struct nft_node, place)) : NULL;
}

/* What the rules say of an event. */
struct nft_lookup_result {
	const struct nft_snapshot *snap;
	const struct nft_snap_table *table;
	const struct nft_snap_chain *chain;
	const struct nft_snap_rule *rule;	/* NULL: policy, implicit return */
};

/** nft_lookup - look @n up by its names and handle; false: it is not in there */
bool nft_lookup(const struct nft_snapshot *s, const struct nft_node *n,
		struct nft_lookup_result *f);

/** nft_lookup_text - of a rule or policy: @len bytes of the snapshot */
const char *nft_lookup_text(const struct nft_lookup_result *f,
			    const struct nft_node *n, uint32_t *len);

/** nft_lookup_position - of a rule in its chain, from 1; 0: of a policy, or an end */
uint32_t nft_lookup_position(const struct nft_lookup_result *f);

/** nft_lookup_describe - all of .place that names and handle do not tell */
void nft_lookup_describe(const struct path_map *map, struct nft_node *n,
			 const struct nft_lookup_result *f);

#endif
