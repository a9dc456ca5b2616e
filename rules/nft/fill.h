/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fill: libnftnl's objects -> a snapshot's tables, chains and rules. */
#ifndef NFTRACE_NFT_FILL_H
#define NFTRACE_NFT_FILL_H

#include <stdbool.h>
#include <stdint.h>

struct nft_maker;
struct owner;

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
