// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_names: one address and number for each name of a table or chain. */
#include "place/nft_names.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/hash.h"

/* Bytes of a rule that are kept for what its comment says. */
enum { FIRST_RULE = 1024 };

/* Above every index of a legacy chain. */
const uint32_t NFT_CHAIN_ID = 1u << 31;

struct nft_table_name {
	struct nft_table_name *next;
	uint8_t family;
	uint32_t len;
	char name[];
};

const char *nft_names_table(struct nft_names *n, uint8_t family,
			    const char *name, uint32_t len)
{
	uint64_t hash = hash_name(family, name, len);
	struct nft_table_name **head = &n->table[hash % NFT_NAMES_BUCKETS], *t;

	for (t = *head; t; t = t->next)
		if (t->family == family && t->len == len &&
		    memcmp(t->name, name, len) == 0)
			return t->name;
	t = calloc(1, sizeof(*t) + len + 1);
	if (!t)
		return NULL;
	t->family = family;
	t->len = len;
	memcpy(t->name, name, len);
	t->next = *head;
	*head = t;
	return t->name;
}

const struct nft_chain_name *nft_names_chain(struct nft_names *n,
					     const char *table,
					     const char *name, uint32_t len)
{
	uint64_t hash = hash_name((uintptr_t)table, name, len);
	struct nft_chain_name **head = &n->chain[hash % NFT_NAMES_BUCKETS], *c;

	for (c = *head; c; c = c->next)
		if (c->table == table && c->len == len &&
		    memcmp(c->name, name, len) == 0)
			return c;
	c = calloc(1, sizeof(*c) + len + 1);
	if (!c)
		return NULL;
	c->table = table;
	c->id = NFT_CHAIN_ID | n->chains++;
	c->len = len;
	memcpy(c->name, name, len);
	c->next = *head;
	*head = c;
	return c;
}

void nft_names_note(const char *chain, const char *text, uint32_t len)
{
	struct nft_chain_name *c = (void *)nft_names_of(chain);

	if (c->first || len > FIRST_RULE || !memmem(text, len, "comment ", 8))
		return;
	c->first = strndup(text, len);
	c->first_len = c->first ? len : 0;
}

void nft_names_close(struct nft_names *n)
{
	for (unsigned int b = 0; b < NFT_NAMES_BUCKETS; b++) {
		for (struct nft_chain_name *c = n->chain[b], *next; c; c = next) {
			next = c->next;
			free(c->first);
			free(c);
		}
		for (struct nft_table_name *t = n->table[b], *next; t; t = next) {
			next = t->next;
			free(t);
		}
	}
}
