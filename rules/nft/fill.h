/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fill: libnftnl's objects -> a snapshot's tables, chains and rules. */
#ifndef NFTRACE_NFT_FILL_H
#define NFTRACE_NFT_FILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/base/shm.h"
#include "rules/nft/dump.h"
#include "rules/nft/snapshot.h"

struct owner;

/* A snapshot of nft under construction; in its helper child only. */
struct nft_maker {
	struct nft_dump dump;
	const void **object;		/* by rule: its struct nftnl_rule */
	struct nft_snapshot *s;
	char *base;
	struct nft_snap_table *table;
	struct nft_snap_chain *chain;
	struct nft_snap_rule *rule;
	struct shm_heap heap;
};

/** nft_fill_text - bytes and a NUL into the heap; their offset */
uint32_t nft_fill_text(struct nft_maker *m, const char *bytes, size_t len);

/**
 * nft_fill - the tables, chains and rules of @m->dump, without their texts
 * Return: 0; -EINTR: they do not fit together; or -errno.
 */
int nft_fill(struct nft_maker *m, const struct owner *own);

/** nft_fill_judge - once the texts are there: which tables are iptables-nft's? */
void nft_fill_judge(struct nft_maker *m);

/** nft_fill_may_be_iptables - a table of iptables-nft's, by its name */
bool nft_fill_may_be_iptables(uint32_t nfproto, const char *name);

#endif
