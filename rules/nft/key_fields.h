/* SPDX-License-Identifier: GPL-2.0-or-later */
/* key_fields: which fields of a packet a rule of nft makes the key of a map or set of. */
#ifndef NFTRACE_NFT_KEY_FIELDS_H
#define NFTRACE_NFT_KEY_FIELDS_H

#include <stdbool.h>

#include "rules/nft/elements.h"

struct nftnl_rule;

/* What is in the key at each fourth byte: where registers begin. */
struct key_fields {
	const char *set;	/* its name, borrowed from the rule */
	struct nft_key_part from[NFT_KEY / 4];	/* .field, .len, .nfproto, .swapped */
};

/**
 * key_fields_read - of the rule's verdict map, or of a set
 * @set: its name, of which the first mention is read; "": the verdict map
 * Return: false: there is none in the rule, or more than one verdict map.
 */
bool key_fields_read(struct key_fields *k, const struct nftnl_rule *r, const char *set);

#endif
