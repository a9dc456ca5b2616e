// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_made: which rules and chains of nft were made, and in which generation. */
#include "place/nft_made.h"

#include <string.h>

void nft_made_clear(struct nft_made *m)
{
	if (m->count)
		memset(m->head, 0, sizeof(m->head));
	m->count = 0;
}

bool nft_made_note(struct nft_made *m, uint64_t key, uint32_t generation)
{
	uint32_t *head = &m->head[key % NFT_MADE_BUCKETS];

	if (m->count == NFT_MADE_ENTRIES)
		return false;
	m->entry[m->count] = (struct nft_made_entry){ key, generation, *head };
	*head = ++m->count;
	return true;
}

unsigned int nft_made_find(const struct nft_made *m, uint64_t key,
			   uint32_t *generation, unsigned int max)
{
	uint32_t i = m->head[key % NFT_MADE_BUCKETS];
	unsigned int n = 0;

	for (; i; i = m->entry[i - 1].next) {
		const struct nft_made_entry *e = &m->entry[i - 1];

		if (e->key != key ||
		    (n && generation[n - 1] == e->generation))
			continue;
		if (n == max)
			return max + 1;
		generation[n++] = e->generation;
	}
	return n;
}
