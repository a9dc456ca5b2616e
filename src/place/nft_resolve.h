/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_resolve: which text a rule of nft had when an event was made, while rules change. */
#ifndef NFTRACE_NFT_RESOLVE_H
#define NFTRACE_NFT_RESOLVE_H

#include "capture/event_nft.h"

struct nft_node;
struct nft_place_cache;
struct nft_history;

/* What can be said of the rule that an event met. */
enum nft_outcome {
	NFT_NEVER_MADE,		/* no reading has the rule, and no NEWRULE named it */
	NFT_NOT_READ,		/* its newest version has not been read */
	NFT_NOT_CERTAIN,	/* the versions it can have met differ, or are unknown */
	NFT_CERTAIN,		/* all versions it can have met have one text */
};

/**
 * nft_resolve - which text an event's rule had when the event was made
 * @ns: gets a node for each text that is looked at
 * @n: names the rule, or policy
 * @span: generations in which the event can have been made
 * @result: NFT_CERTAIN: the node of @ns that has the text; else NULL
 */
enum nft_outcome nft_resolve(const struct nft_history *h,
			     struct nft_place_cache *ns,
			     const struct nft_node *n, struct nft_span span,
			     struct nft_node **result);

#endif
