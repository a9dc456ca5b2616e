/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_conditions: a rule in nft's own words, held against a packet. */
#ifndef NFTRACE_NFT_CONDITIONS_H
#define NFTRACE_NFT_CONDITIONS_H

#include "rules/base/strview.h"

struct asked;
struct conditions;
struct nft_snap_rule;
struct nft_snapshot;

/**
 * nft_conditions - what a rule asks for, in the order in which the kernel asks
 * @out: filled; .words are of the rule's text
 */
void nft_conditions(struct conditions *out, const struct nft_snapshot *s,
		    const struct nft_snap_rule *r, const struct asked *a);

/** nft_conditions_read - of its text */
void nft_conditions_read(struct conditions *out, struct strview text,
			 const struct asked *a);

#endif
