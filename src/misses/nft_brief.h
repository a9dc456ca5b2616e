/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_brief: a rule in nft's own words, held against a packet, in short. */
#ifndef NFTRACE_NFT_BRIEF_H
#define NFTRACE_NFT_BRIEF_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

struct asked;
struct brief;
struct rule_kept;

/**
 * nft_conditions_brief - what nft_conditions_kept() says, in short
 * @kept, @index: as there, and not NULL
 * Return: false: only that can tell; a set has to be asked, say.
 */
bool nft_conditions_brief(struct brief *out, struct rule_kept *kept, uint32_t index,
			  struct strview text, const struct asked *a);

#endif
