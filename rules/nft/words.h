/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words: what iptables-nft-save leaves out of a table that holds rules of others, in iptables' words. */
#ifndef NFTRACE_NFT_WORDS_H
#define NFTRACE_NFT_WORDS_H

#include <stdbool.h>

#include "rules/base/family.h"
#include "rules/base/helper.h"

struct nft_maker;

struct nft_words {
	struct helper_result family[FAMILY_COUNT];	/* .data NULL: none */
};

/**
 * nft_words_read - render rules of @m, which has its rules and iptables-nft-save's texts
 * @whole: by family, families[]: rules of iptables-nft's forms that have no text
 *	get all of it; others only the extensions of xtables in them
 *
 * In a helper a family, as libxtables knows one only.  Where a helper fails there
 * are no words.
 */
void nft_words_read(struct nft_words *w, const struct nft_maker *m,
		    const bool whole[FAMILY_COUNT]);

/**
 * nft_words_fill - give the rules of the same dump these texts
 *
 * Of a rule that nft lists "xt match NAME" and "xt target NAME" become the words
 * of that extension.
 */
void nft_words_fill(struct nft_maker *m, const struct nft_words *w);

/** nft_words_release - the helpers' results; fine with a zeroed one */
void nft_words_release(struct nft_words *w);

#endif
