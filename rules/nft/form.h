/* SPDX-License-Identifier: GPL-2.0-or-later */
/* form: tells rules in the forms that iptables-nft writes from all others. */
#ifndef NFTRACE_NFT_FORM_H
#define NFTRACE_NFT_FORM_H

#include <stdbool.h>

struct nftnl_rule;

/**
 * nft_expr_is_iptables - are these the forms that iptables-nft writes?
 *
 * iptables-nft-save passes over expressions that it does not know and prints
 * the rest as if it were the rule.  So its line is to be believed only for a
 * rule whose every expression is of a form it writes itself.
 */
bool nft_expr_is_iptables(const struct nftnl_rule *r);

#endif
