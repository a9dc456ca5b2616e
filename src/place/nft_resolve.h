/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_resolve: which text a rule of nft had when an event was made, while rules change. */
#ifndef NFTRACE_NFT_RESOLVE_H
#define NFTRACE_NFT_RESOLVE_H

#include "capture/event_nft.h"

struct nft_node;
struct nft_place_cache;
struct nft_history;

/* What can be said of an event's rule. */
enum nft_outcome {
	NFT_NEVER_MADE,		/* no version that it can have met was told of */
	NFT_NOT_READ,		/* it can have met one that has not been read */
	NFT_NOT_CERTAIN,	/* the versions it can have met differ, or are unknown */
	NFT_CERTAIN,
};

/**
 * nft_resolve - of an event of the generations @span at @n
 * @result: NFT_CERTAIN: the node that has the text
 */
enum nft_outcome nft_resolve(const struct nft_history *w,
			     struct nft_place_cache *ns,
			     const struct nft_node *n, struct nft_span span,
			     struct nft_node **result);

#endif
