/* SPDX-License-Identifier: GPL-2.0-or-later */
/* builder: a snapshot of nft under construction; in its helper child only. */
#ifndef NFTRACE_NFT_BUILDER_H
#define NFTRACE_NFT_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/nft/dump.h"
#include "rules/nft/snapshot.h"

struct nft_maker {
	struct nft_dump dump;
	const void **object;		/* by rule: its struct nftnl_rule */
	struct nft_snapshot *s;
	char *base;
	struct nft_snap_table *table;
	struct nft_snap_chain *chain;
	struct nft_snap_rule *rule;
	uint64_t heap_ready, heap_end;	/* from the heap's start */
	bool failed;
};

/** nft_make_text - put bytes into the heap; their offset */
uint32_t nft_make_text(struct nft_maker *m, const char *bytes, size_t len);

#endif
