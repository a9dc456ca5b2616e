/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_draft: a rule in nft's own words that is being read. */
#ifndef NFTRACE_NFT_DRAFT_H
#define NFTRACE_NFT_DRAFT_H

#include <stdbool.h>

#include "misses/nft_term.h"
#include "rules/base/strview.h"

enum {
	NFT_TERMS = 32,		/* what stands behind more is not understood */
	NFT_TERM_PARTS = 64,	/* of all of them */
};

struct nft_draft {
	const char *begin;	/* of its text */
	uint32_t terms, parts, constants, room;
	struct nft_term term[NFT_TERMS + 1];
	struct nft_term_part part[NFT_TERM_PARTS];
	struct nft_constant *constant;	/* .room of them; free() takes it */
	bool lacks;		/* there was no memory for more */
};

/** nft_draft_add - a term, zeroed but for that; of one too many it is UNREAD */
struct nft_term *nft_draft_add(struct nft_draft *d, enum nft_term_kind kind,
			       struct strview words);

/** nft_draft_constant - a constant of the term that is read; NULL: no memory */
struct nft_constant *nft_draft_constant(struct nft_draft *d);

#endif
