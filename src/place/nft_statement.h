/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_statement: what a rule of nft's words does, and what of that asks as well. */
#ifndef NFTRACE_NFT_STATEMENT_H
#define NFTRACE_NFT_STATEMENT_H

#include "rules/base/strview.h"

struct rule_words;

enum nft_statement {
	NFT_STATEMENT_NONE,	/* it is none: a comparison */
	NFT_STATEMENT_GOES_ON,	/* more may stand behind it */
	NFT_STATEMENT_ENDS,	/* a verdict, with nothing behind it but a comment */
};

/**
 * nft_statement_read - all of a statement or verdict, of which @word has been taken
 * @w: gets its effect, target and comment; its condition where that is one: "limit"
 * Of NONE nothing is taken off @rest.
 */
enum nft_statement nft_statement_read(struct rule_words *w, struct strview *rest,
				      struct strview word);

#endif
