// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_changelog: which rules and chains of nft were made, and in which generation. */
#include "place/nft_changelog.h"

#include <string.h>

void nft_changelog_clear(struct nft_changelog *m)
{
	if (m->count)
		memset(m->head, 0, sizeof(m->head));
	m->count = 0;
}

bool nft_changelog_note(struct nft_changelog *m, uint64_t key,
			uint32_t generation)
{
	uint32_t *head = &m->head[key % NFT_CHANGELOG_BUCKETS];

	if (m->count == NFT_CHANGELOG_ENTRIES)
		return false;
	m->entry[m->count] = (struct nft_changelog_entry){ key, generation,
							   *head };
	*head = ++m->count;
	return true;
}

unsigned int nft_changelog_find(const struct nft_changelog *m, uint64_t key,
				uint32_t *generation, unsigned int max)
{
	uint32_t i = m->head[key % NFT_CHANGELOG_BUCKETS];
	unsigned int n = 0;

	for (; i; i = m->entry[i - 1].next) {
		const struct nft_changelog_entry *e = &m->entry[i - 1];

		if (e->key != key || (n && generation[n - 1] == e->generation))
			continue;
		if (n == max)
			return max + 1;
		generation[n++] = e->generation;
	}
	return n;
}
