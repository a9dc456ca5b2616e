/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_nodes: the places of nft events: one for each rule, verdict and text. */
#ifndef NFTRACE_NFT_NODES_H
#define NFTRACE_NFT_NODES_H

#include <stdbool.h>
#include <stdint.h>

#include "place/nft_names.h"

struct event;
struct nft_finding;
struct nft_node;
struct nft_snapshot;
struct path_map;
struct place_index;

enum { NFT_NODES_BUCKETS = 4096 };

/* A node stays where it is until nft_nodes_close(): journeys point to it. */
struct nft_nodes {
	struct place_index *idx;	/* gives them their ids; borrowed */
	const struct path_map *map;
	const struct nft_snapshot *now;	/* the rules as read last */
	uint32_t epoch;			/* how often they were */
	struct nft_node *bucket[NFT_NODES_BUCKETS];
	struct nft_names names;
};

void nft_nodes_close(struct nft_nodes *ns);

/** nft_nodes_turn - these are the rules from now on; borrowed until the next turn */
void nft_nodes_turn(struct nft_nodes *ns, const struct nft_snapshot *now);

/** nft_nodes_find - one that is of this event, whatever its text; NULL: none is */
struct nft_node *nft_nodes_find(const struct nft_nodes *ns,
				const struct event *e);

/**
 * nft_nodes_fill - names and key of an event, in a node that is none of ours
 * @n: nft_nodes_empty() it, in any case
 */
bool nft_nodes_fill(struct nft_nodes *ns, struct nft_node *n,
		    const struct event *e);
void nft_nodes_empty(struct nft_node *n);

/** nft_nodes_has_text - is it what was found? */
bool nft_nodes_has_text(const struct nft_node *n, const struct nft_finding *f);

/** nft_nodes_known - the same place with the text that was found; NULL: no memory */
struct nft_node *nft_nodes_known(struct nft_nodes *ns,
				 const struct nft_node *like,
				 const struct nft_finding *f);

/** nft_nodes_in_state - the same place without a text, PLACE_PENDING or _LOST */
struct nft_node *nft_nodes_in_state(struct nft_nodes *ns,
				    const struct nft_node *like, uint8_t state);

#endif
