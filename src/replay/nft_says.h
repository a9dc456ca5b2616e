/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_says: what a rule of nft does, read off the words of its line. */
#ifndef NFTRACE_NFT_SAYS_H
#define NFTRACE_NFT_SAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

struct nft_line;

/** nft_says_sets - "OBJECT KEY set VALUE" in a rule; false: it is not there */
bool nft_says_sets(struct strview text, const char *object, const char *key,
		   struct strview *value);

/** nft_says_does - what a rule can change: MANGLE_*, DOES_* */
uint16_t nft_says_does(struct strview text);

/** nft_says_target_does - the same of a rule of xtables, by its "-j TARGET" */
uint16_t nft_says_target_does(struct strview text);

/** nft_says_effect - by the line's verdict and its rule: enum place_effect */
uint8_t nft_says_effect(const struct nft_line *l);

/** nft_says_queue - "queue num 5", "queue to 5"; 0 as well where no number is told */
uint16_t nft_says_queue(struct strview text);

#endif
