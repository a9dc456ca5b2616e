/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_compare: a comparison in a rule of nft's words, held against a packet. */
#ifndef NFTRACE_NFT_COMPARE_H
#define NFTRACE_NFT_COMPARE_H

struct nft_reading;
struct nft_term;

/** nft_compare - add what it says of the packet, and what it asks for before */
void nft_compare(struct nft_reading *rd, const struct nft_term *t);

#endif
