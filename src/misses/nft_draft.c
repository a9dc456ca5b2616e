// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_draft: a rule in nft's own words that is being read. */
#include "misses/nft_draft.h"

#include <stdlib.h>
#include <string.h>

struct nft_term *nft_draft_add(struct nft_draft *d, enum nft_term_kind kind,
			       struct strview words)
{
	struct nft_term *t = &d->term[d->terms];

	memset(t, 0, sizeof(*t));
	t->kind = d->terms < NFT_TERMS ? (uint8_t)kind : NFT_TERM_UNREAD;
	t->words = rule_span_at(words, d->begin);
	d->terms += d->terms <= NFT_TERMS;
	return t;
}

struct nft_constant *nft_draft_constant(struct nft_draft *d)
{
	struct nft_constant *more;
	uint32_t room = d->room ? 2 * d->room : 16;

	if (d->constants == d->room) {
		more = realloc(d->constant, room * sizeof(*more));
		d->lacks |= !more;
		if (!more)
			return NULL;
		d->constant = more;
		d->room = room;
	}
	return &d->constant[d->constants++];
}
