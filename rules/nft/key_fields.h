/* SPDX-License-Identifier: GPL-2.0-or-later */
/* key_fields: which fields of a packet a rule of nft makes its verdict map's key of. */
#ifndef NFTRACE_NFT_KEY_FIELDS_H
#define NFTRACE_NFT_KEY_FIELDS_H

#include <stdbool.h>

#include "rules/nft/elements.h"

struct nftnl_rule;

/* What is in the key at each fourth byte: where registers begin. */
struct key_fields {
	const char *set;	/* the map's name, borrowed from the rule */
	struct nft_key_part from[NFT_KEY / 4];	/* .field, .len, .nfproto, .swapped */
};

/** key_fields_read - false: there is no verdict map in the rule, or more than one */
bool key_fields_read(struct key_fields *k, const struct nftnl_rule *r);

#endif
