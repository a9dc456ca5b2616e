// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_touched: the last generation in which a rule or a map of nft may have been touched. */
#include "place/nft_touched.h"

#include <string.h>

#include "capture/event_nft.h"

/* That others share one of a key's places is common, that they share all of them is not. */
enum { PLACES = 3 };

void nft_touched_begin(struct nft_touched *t, uint32_t generation)
{
	memset(t->last, 0, sizeof(t->last));
	t->since = generation;
}

/* One of PLACES that are a key's. */
static uint64_t place_of(uint64_t key, unsigned int i)
{
	return (key >> (i * NFT_TOUCHED_BITS)) % NFT_TOUCHED;
}

void nft_touched_note(struct nft_touched *t, uint64_t key, uint32_t generation)
{
	for (unsigned int i = 0; i < PLACES; i++) {
		uint32_t *last = &t->last[place_of(key, i)];

		if (!*last || nft_is_after(generation, *last))
			*last = generation;
	}
}

uint32_t nft_touched_last(const struct nft_touched *t, uint64_t key)
{
	uint32_t first = t->last[place_of(key, 0)];

	for (unsigned int i = 1; i < PLACES; i++) {
		uint32_t last = t->last[place_of(key, i)];

		if (!last || (first && nft_is_after(first, last)))
			first = last;
	}
	return first && nft_is_after(first, t->since) ? first : t->since;
}
