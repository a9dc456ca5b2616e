/* SPDX-License-Identifier: GPL-2.0-or-later */
/* build: the messages that make a run's own nft table. */
#ifndef NFTRACE_NFT_BUILD_H
#define NFTRACE_NFT_BUILD_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/owner.h"
#include "rules/base/rule_set.h"
#include "rules/nft/trigger_set.h"

struct nft_batch;

enum { NFT_BUILD_CHAINS = 2 };		/* of trace_set: PREROUTING, OUTPUT */

/* One attempt to put a table in. */
struct nft_build {
	const struct family *f;
	const struct nft_trigger_set *set;
	char table[OWNER_TEXT];
	bool owned;
	bool late[NFT_BUILD_CHAINS];	/* this chain is needed */
	struct nft_batch *b;
	/* By message: which rule, which chain; -1: none of the user's. */
	int *rule;
	uint8_t *chain;
	uint32_t rules;			/* that turn tracing on */
	bool failed;
};

/** nft_build_look - which chains behind conntrack it needs: fills .late */
void nft_build_look(struct nft_build *b);

/**
 * nft_build_fill - all of the table, in a new transaction: .b
 * Return: 0 or -ENOMEM; .b is the caller's to free in any case.
 */
int nft_build_fill(struct nft_build *b);

/** nft_trigger_chain - the name of the chain for one bit of enum trace_chain */
const char *nft_trigger_chain(unsigned int chain, bool late);

#endif
