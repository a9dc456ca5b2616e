/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_made: which rules and chains of nft were made, and in which generation. */
#ifndef NFTRACE_NFT_MADE_H
#define NFTRACE_NFT_MADE_H

#include <stdbool.h>
#include <stdint.h>

enum { NFT_MADE_ENTRIES = 16384, NFT_MADE_BUCKETS = 4096 };

/* Zeroed: nothing.  Keys are nft_key_rule() and nft_key_chain(). */
struct nft_made {
	uint32_t count;
	uint32_t head[NFT_MADE_BUCKETS];	/* 0: none, else index + 1 */
	struct nft_made_entry {
		uint64_t key;
		uint32_t generation;
		uint32_t next;
	} entry[NFT_MADE_ENTRIES];
};

void nft_made_clear(struct nft_made *m);

/** nft_made_note - in the order of generations; false: there is no room */
bool nft_made_note(struct nft_made *m, uint64_t key, uint32_t generation);

/**
 * nft_made_find - the generations in which @key was made, each once
 * @generation: @max of them, the last one first
 * Return: how many there are; @max + 1 for more than that.
 */
unsigned int nft_made_find(const struct nft_made *m, uint64_t key,
			   uint32_t *generation, unsigned int max);

#endif
