/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rebuild: a rule of nft's -> the entry of xtables that says the same, to be rendered. */
#ifndef NFTRACE_NFT_REBUILD_H
#define NFTRACE_NFT_REBUILD_H

#include <stdbool.h>
#include <stdint.h>

struct family;
struct nftnl_expr;
struct nftnl_rule;

struct rebuilt;

/**
 * rebuild_rule - all of a rule that nft_expr_is_iptables()
 * @e: to be rendered; .jump is borrowed from @r
 * Return: false: iptables has no words for it.
 */
bool rebuild_rule(const struct family *f, const struct nftnl_rule *r,
		  struct rebuilt *e);

/**
 * rebuild_extension - a match or target of xtables alone
 * @x: an expression "match" or "target"; @proto: that the rule asks for, 0: none
 */
bool rebuild_extension(const struct family *f, const struct nftnl_expr *x,
		       uint8_t proto, struct rebuilt *e);

/** rebuild_proto - the protocol that a rule asks for, 0: none */
uint8_t rebuild_proto(const struct nftnl_rule *r);

#endif
