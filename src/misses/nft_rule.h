/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_rule: what a rule in nft's own words asks for, read off its text once. */
#ifndef NFTRACE_NFT_RULE_H
#define NFTRACE_NFT_RULE_H

#include "misses/nft_term.h"
#include "rules/base/strview.h"

struct shared;

/** nft_rule_make - as rule_kept_find() wants it: a struct nft_rule, for free(); NULL: no memory */
void *nft_rule_make(struct strview text, struct shared *shared);

#endif
