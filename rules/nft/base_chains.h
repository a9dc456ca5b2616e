/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base_chains: at which hooks of IP nft's base chains are, without their rules. */
#ifndef NFTRACE_NFT_BASE_CHAINS_H
#define NFTRACE_NFT_BASE_CHAINS_H

#include <stdint.h>

#include "rules/base/family.h"

/* Of one family, with those of inet; hooks are 1 << NF_INET_*. */
struct nft_base_chains {
	uint8_t filter;		/* hooks with one that sees every packet */
	uint8_t nat;		/* ... with one that nat asks */
	uint8_t route;		/* ... with one behind which the route is chosen anew */
	unsigned int most;	/* chains at one hook */
};

/**
 * nft_base_chains_find - those in force now, but for nftrace's own
 * @found: by family_index()
 * Return: 0; -EOPNOTSUPP: no nf_tables in this kernel; or -errno.
 */
int nft_base_chains_find(struct nft_base_chains found[FAMILY_COUNT]);

#endif
