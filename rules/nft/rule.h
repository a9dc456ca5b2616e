/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule: an iptables entry's conditions as expressions of an nft rule. */
#ifndef NFTRACE_NFT_RULE_H
#define NFTRACE_NFT_RULE_H

#include <stdbool.h>
#include <stdint.h>

struct family;
struct nftnl_rule;

/* At most so many packets; number 0: no limit. */
struct nft_limit {
	uint64_t number, seconds;
	uint32_t burst;
};

/**
 * The parts of a rule, each added behind what is there.
 *
 * nft_rule_add_entry - the entry's ip part in native expressions, its matches
 *	by nft_compat
 * nft_rule_add_limit - pass at most so many
 * nft_rule_add_counter - count the packet
 * nft_rule_add_trace - turn its tracing on
 * nft_rule_add_accept - let the packet go on behind the chain
 * nft_rule_add_remember - note the packet's connection and direction in a set
 * nft_rule_add_recall - pass what goes against the direction of a note
 * nft_rule_add_deadline - pass as long as the family's number is in a set
 *
 * Return: false: no memory.
 */
bool nft_rule_add_entry(struct nftnl_rule *r, const struct family *f,
			const void *entry);
bool nft_rule_add_limit(struct nftnl_rule *r, const struct nft_limit *l);
bool nft_rule_add_counter(struct nftnl_rule *r);
bool nft_rule_add_trace(struct nftnl_rule *r);
bool nft_rule_add_accept(struct nftnl_rule *r);
bool nft_rule_add_remember(struct nftnl_rule *r, const char *set,
			   uint32_t set_id);
bool nft_rule_add_recall(struct nftnl_rule *r, const char *set,
			 uint32_t set_id);
bool nft_rule_add_deadline(struct nftnl_rule *r, const char *set,
			   uint32_t set_id);

#endif
