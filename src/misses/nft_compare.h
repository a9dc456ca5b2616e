/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_compare: a comparison in a rule of nft's words, held against a packet. */
#ifndef NFTRACE_NFT_COMPARE_H
#define NFTRACE_NFT_COMPARE_H

#include <stdbool.h>

#include "misses/nft_fit.h"

struct asked;
struct nft_field;
struct nft_reading;
struct nft_term;

/** nft_compare - add what it says of the packet, and what it asks for before */
void nft_compare(struct nft_reading *rd, const struct nft_term *t);

/** nft_compare_states - those that the packet may have, with those that would do */
static inline enum nft_fit nft_compare_states(unsigned int states, unsigned int would)
{
	return !(states & ~would) ? NFT_FIT_YES : states & would ? NFT_FIT_UNKNOWN : NFT_FIT_NO;
}

/** nft_compare_has_port - ports lie where they do in every protocol that has them */
bool nft_compare_has_port(const struct nft_field *f, const struct asked *a);

#endif
