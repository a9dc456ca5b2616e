/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_names: one address and number for each name of a table or chain. */
#ifndef NFTRACE_NFT_NAMES_H
#define NFTRACE_NFT_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "rules/base/units.h"

enum { NFT_NAMES_BUCKETS = HASH_SLOTS(1024) };

/* A bit that all numbers of nft's chains have, and none of legacy's. */
extern const uint32_t NFT_CHAIN_ID;

/* A chain's name, the same for whatever generation and table of its name. */
struct nft_chain_name {
	struct nft_chain_name *next;
	const char *table;	/* one address a name */
	uint32_t id;
	uint32_t len;
	char *first;		/* its first rule, if that has a comment; NULL: not known */
	uint32_t first_len;
	char name[];
};

/** nft_names_of - of .chain of a place */
static inline const struct nft_chain_name *nft_names_of(const char *chain)
{
	return (const void *)(chain - offsetof(struct nft_chain_name, name));
}

struct nft_table_name;

/* Zeroed to begin with. */
struct nft_names {
	struct nft_chain_name *chain[NFT_NAMES_BUCKETS];
	struct nft_table_name *table[NFT_NAMES_BUCKETS];
	uint32_t chains;
};

/**
 * nft_names_table, nft_names_chain - the one copy of a name
 * @name: @len bytes, copied
 * @table: as nft_names_table() has returned it
 * Return: terminated, the names' own until nft_names_close(); NULL: no memory.
 */
const char *nft_names_table(struct nft_names *n, uint8_t family,
			    const char *name, uint32_t len);
const struct nft_chain_name *nft_names_chain(struct nft_names *n,
					     const char *table,
					     const char *name, uint32_t len);

/**
 * nft_names_note - keep the text of a chain's first rule, where its comment may say what for
 * @chain: .chain of a place; the first text is kept, a program has one for a name
 */
void nft_names_note(const char *chain, const char *text, uint32_t len);

/** nft_names_close - free all names; nothing points to them any more */
void nft_names_close(struct nft_names *n);

#endif
