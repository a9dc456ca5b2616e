/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_changers: who changes nft's rules during the trace, and how often. */
#ifndef NFTRACE_NFT_CHANGERS_H
#define NFTRACE_NFT_CHANGERS_H

#include <stdbool.h>

struct nft_update;
struct stats;

/* Zeroed: nothing was told of yet. */
struct nft_changers {
	bool touched;	/* a rule of others, in the transaction being told of */
};

/**
 * nft_changers_note - the kernel tells of a change
 * @own: of the tables that runs of nftrace have
 * Return: true: the first transaction of others is complete.
 */
bool nft_changers_note(struct nft_changers *n, struct stats *st,
		       const struct nft_update *c, bool own);

#endif
