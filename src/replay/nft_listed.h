/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_listed: what `nft -a list ruleset` prints -> a snapshot of nft's rules. */
#ifndef NFTRACE_NFT_LISTED_H
#define NFTRACE_NFT_LISTED_H

#include "rules/base/strview.h"

struct nft_rules;
struct nft_snapshot;

/**
 * nft_listed_make - the tables of ip, ip6 and inet in it
 * @base: what nft_rules_read() has made of the same text
 * Return: free(3) it; NULL: no memory, or it is not understood as a whole (no handles,
 * a chain without a name, a table that is there twice), as of a part nothing follows.
 */
struct nft_snapshot *nft_listed_make(struct strview text,
				     const struct nft_rules *base);

#endif
