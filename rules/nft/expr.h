/* SPDX-License-Identifier: GPL-2.0-or-later */
/* expr: what an nft rule's expressions do, and whether iptables-nft wrote them. */
#ifndef NFTRACE_NFT_EXPR_H
#define NFTRACE_NFT_EXPR_H

#include <stdint.h>

struct nftnl_rule;

/* What nft_expr_read() finds. */
struct nft_effect {
	uint32_t does;		/* enum rule_does, ored */
	uint8_t verdict;	/* enum nft_snap_verdict */
	const char *to;		/* JUMP, GOTO: the chain's name, else NULL */
	const char *target;	/* of xtables, NULL for none */
};

/** nft_expr_read - what the rule can do; pointers are borrowed from @r */
void nft_expr_read(const struct nftnl_rule *r, struct nft_effect *e);

#endif
