/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_relation: a comparison in a rule of nft's words, read. */
#ifndef NFTRACE_NFT_RELATION_H
#define NFTRACE_NFT_RELATION_H

#include <stdbool.h>

#include "rules/base/strview.h"

struct nft_draft;

/**
 * nft_relation_read - take one off @rest and add it; "meta mark set 0x1" is taken, too
 * Return: false: it is not understood, and @rest is where it was.
 */
bool nft_relation_read(struct nft_draft *d, struct strview *rest);

#endif
