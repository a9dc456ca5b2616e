/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_set: values of a packet against the elements of a set that has a name. */
#ifndef NFTRACE_NFT_SET_H
#define NFTRACE_NFT_SET_H

#include "misses/nft_fit.h"

struct nft_elements;
struct nft_snap_rule;
struct nft_snapshot;

/* Who knows what sets held when the packet met the rule. */
struct nft_sets {
	/*
	 * Elements of the set that a rule of @s names, borrowed until the next call;
	 * NULL: nobody knows them.
	 */
	const struct nft_elements *(*find)(void *arg, const struct nft_snapshot *s,
					   const struct nft_snap_rule *r,
					   struct strview set);
	void *arg;
};

/** nft_set_fit - as nft_fit_unnamed(); .near, .alone and .both are set as there */
enum nft_fit nft_set_fit(struct nft_relation *r, const struct nft_elements *e);

#endif
