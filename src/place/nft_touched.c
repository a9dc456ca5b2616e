// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_touched: the last generation in which a rule or a map of nft may have been touched. */
#include "place/nft_touched.h"

#include <string.h>

#include "capture/event_nft.h"

void nft_touched_begin(struct nft_touched *t, uint32_t generation)
{
	memset(t->last, 0, sizeof(t->last));
	t->since = generation;
}

void nft_touched_note(struct nft_touched *t, uint64_t key, uint32_t generation)
{
	uint32_t *last = &t->last[key % NFT_TOUCHED];

	if (!*last || nft_is_after(generation, *last))
		*last = generation;
}

uint32_t nft_touched_last(const struct nft_touched *t, uint64_t key)
{
	uint32_t last = t->last[key % NFT_TOUCHED];

	return last && nft_is_after(last, t->since) ? last : t->since;
}
