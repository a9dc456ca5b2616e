/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_list: the lines of what `nft -a list ruleset` prints, and in which table and chain they stand. */
#ifndef NFTRACE_NFT_LIST_TEXT_H
#define NFTRACE_NFT_LIST_TEXT_H

#include <stdint.h>

#include "rules/base/strview.h"

enum nft_list_kind {
	NFT_LIST_OTHER,		/* of a set, an object, or of nothing of nft's */
	NFT_LIST_TABLE,		/* a table begins, which may be of a family that is not read */
	NFT_LIST_CHAIN,		/* a chain begins */
	NFT_LIST_BASE,		/* of a chain: "type filter hook input ..." */
	NFT_LIST_RULE,		/* of a chain: .text, and .handle, if it is there */
	NFT_LIST_END,		/* of a chain */
};

/* Zeroed in front of the first line.  Names and texts are in the text that is read. */
struct nft_list {
	struct strview table, chain;	/* .len 0: in none */
	struct strview text;	/* of the rule, without its handle */
	uint64_t handle;	/* of the rule; 0: the line has none */
	uint8_t family;		/* of the table: NFPROTO_INET, _IPV4, _IPV6 */
};

/** nft_list_line - the next one, without blanks around it */
enum nft_list_kind nft_list_line(struct nft_list *l, struct strview line);

#endif
