/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_lookup: the rule of an nft event in the rules of one moment: its text, and what it does. */
#ifndef NFTRACE_NFT_LOOKUP_H
#define NFTRACE_NFT_LOOKUP_H

#include <stdbool.h>
#include <stdint.h>

#include "place/place.h"

struct nft_snap_chain;
struct nft_snap_rule;
struct nft_snap_table;
struct nft_snapshot;
struct path_map;

/* A place of nft, with what else its event tells. */
struct nft_node {
	struct place place;	/* first: a place of nft is its node */
	struct nft_node *next;
	uint64_t hash;
	uint64_t key;		/* of nft_window: of what it is a version */
	char *jump;
	uint32_t jump_len;
	int32_t verdict;
	uint32_t policy;
	uint8_t type;		/* enum nft_trace_types */
	uint32_t epoch;		/* installs when its text was looked up last */
};

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

/** nft_lookup_text - borrowed from the snapshot, not terminated */
const char *nft_lookup_text(const struct nft_lookup_result *f,
			    const struct nft_node *n, uint32_t *len);

/** nft_lookup_describe - all of .place that names and handle do not tell */
void nft_lookup_describe(const struct path_map *map, struct nft_node *n,
			 const struct nft_lookup_result *f);

#endif
