/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_rules: what `nft list ruleset` prints -> the base chains in it. */
#ifndef NFTRACE_NFT_RULES_H
#define NFTRACE_NFT_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

struct path_map;
struct place_index;

enum { NFT_RULES_CHAINS = 512 };

/* A base chain.  Names and texts are in the text that was read. */
struct nft_rules_chain {
	struct strview table, name, policy;	/* policy: its whole line */
	int32_t priority;
	uint8_t family;		/* of the table */
	uint8_t hook;		/* NF_INET_* */
	bool nat;
};

/* A rule by its chain and words. */
struct nft_rules_rule {
	uint64_t hash;		/* 0: none */
	uint64_t handle;	/* 0: several have these words */
};

/* By its chain and handle: its words, in the text that was read, and which it is there. */
struct nft_rules_words {
	uint64_t hash;		/* 0: none */
	struct strview text;
	uint32_t position;	/* from 1 */
};

struct nft_rules {
	struct nft_rules_rule *rule;	/* by hash, open */
	struct nft_rules_words *words;	/* by hash, open */
	uint32_t slots;		/* of each; a power of two, and no less than twice as many */
	struct nft_rules_chain chain[NFT_RULES_CHAINS];
	unsigned int chains;
	bool cut;		/* there were more */
	bool untraced;		/* a rule ends tracing */
	bool copied;		/* one makes copies */
};

/** nft_rules_is - is there a table of nft in it? */
bool nft_rules_is(struct strview text);

/**
 * nft_rules_read - fill @r from a text; what is no rule of nft's is passed over
 * Return: false: no memory.  nft_rules_free() it in any case.
 */
bool nft_rules_read(struct nft_rules *r, struct strview text);

/** nft_rules_free - what it holds, not itself; zeroed is nothing */
void nft_rules_free(struct nft_rules *r);

/** nft_rules_add_slots - each base chain gets its slot */
void nft_rules_add_slots(const struct nft_rules *r, struct path_map *map,
			 struct place_index *idx);

/** nft_rules_find - a base chain by its names; NULL: none is known */
const struct nft_rules_chain *nft_rules_find(const struct nft_rules *r,
					     uint8_t family,
					     struct strview table,
					     struct strview name);

/**
 * nft_rules_handle - of the rule of a chain with this text
 * @text: as nft_rules_text() makes it
 * Return: 0: there is none, or there are several.
 */
uint64_t nft_rules_handle(const struct nft_rules *r, uint8_t family,
			  struct strview table, struct strview chain,
			  struct strview text);

/** nft_rules_words - of the rule of a chain with this handle; NULL: it is not there */
const struct nft_rules_words *nft_rules_words(const struct nft_rules *r,
					      uint8_t family,
					      struct strview table,
					      struct strview chain,
					      uint64_t handle);

/** nft_rules_text - a rule's words without what it has counted; bytes in @to */
size_t nft_rules_text(char *to, size_t size, struct strview text);

#endif
