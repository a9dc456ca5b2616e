/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_changelog: which rules and chains of nft were made, and in which generation. */
#ifndef NFTRACE_NFT_CHANGELOG_H
#define NFTRACE_NFT_CHANGELOG_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Changes that are remembered until a history is closed: a ruleset of so many
 * rules can be loaded anew.  Bytes: 272 KiB; when full, four entries a bucket.
 */
enum { NFT_CHANGELOG_ENTRIES = 16384, NFT_CHANGELOG_BUCKETS = 4096 };

/* Zeroed: empty.  Keys are nft_key_rule() and nft_key_chain(). */
struct nft_changelog {
	uint32_t count;
	uint32_t head[NFT_CHANGELOG_BUCKETS];	/* 0: none, else index + 1 */
	struct nft_changelog_entry {
		uint64_t key;
		uint32_t generation;
		uint32_t next;			/* of the bucket; as .head */
	} entry[NFT_CHANGELOG_ENTRIES];
};

/** nft_changelog_clear - forget all changes */
void nft_changelog_clear(struct nft_changelog *m);

/**
 * nft_changelog_note - @key was made in @generation
 * To be called in the order of generations.
 * Return: false: there is no room.
 */
bool nft_changelog_note(struct nft_changelog *m, uint64_t key,
			uint32_t generation);

/**
 * nft_changelog_find - the generations in which @key was made, each once
 * @generation: @max of them, the last one first
 * Return: how many there are; @max + 1 for more than that.
 */
unsigned int nft_changelog_find(const struct nft_changelog *m, uint64_t key,
				uint32_t *generation, unsigned int max);

#endif
