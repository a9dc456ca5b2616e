/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_touched: the last generation in which a rule or a map of nft may have been touched. */
#ifndef NFTRACE_NFT_TOUCHED_H
#define NFTRACE_NFT_TOUCHED_H

#include <stdbool.h>
#include <stdint.h>

/* Keys that share all of their places are touched together: in doubt, never wrong.  16 KiB. */
enum { NFT_TOUCHED_BITS = 12, NFT_TOUCHED = 1 << NFT_TOUCHED_BITS };

struct nft_touched {
	uint32_t since;		/* before this generation anything may have been */
	uint32_t last[NFT_TOUCHED];	/* of the keys that have this place; 0: not since then */
};

/** nft_touched_begin - nothing is known from before @generation */
void nft_touched_begin(struct nft_touched *t, uint32_t generation);

/** nft_touched_note - the kernel tells that what @key names was made, changed or deleted */
void nft_touched_note(struct nft_touched *t, uint64_t key, uint32_t generation);

/** nft_touched_last - the last generation that changed what @key names, at the latest */
uint32_t nft_touched_last(const struct nft_touched *t, uint64_t key);

#endif
