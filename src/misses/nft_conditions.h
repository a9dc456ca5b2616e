/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_conditions: a rule in nft's own words, held against a packet. */
#ifndef NFTRACE_NFT_CONDITIONS_H
#define NFTRACE_NFT_CONDITIONS_H

#include <stdint.h>

#include "rules/base/strview.h"

struct asked;
struct conditions;
struct nft_snap_rule;
struct nft_snapshot;
struct rule_kept;

/**
 * nft_conditions_kept - what a rule asks for, in the order in which the kernel asks
 * @out: filled; .words are of the rule's text
 * @kept: rules that were read; NULL: it is read, and forgotten
 * @index: rule_kept_find()'s
 */
void nft_conditions_kept(struct conditions *out, struct rule_kept *kept, uint32_t index,
			 const struct nft_snapshot *s, const struct nft_snap_rule *r,
			 const struct asked *a);

/** nft_conditions_read - of its text */
void nft_conditions_read(struct conditions *out, struct strview text,
			 const struct asked *a);

#endif
