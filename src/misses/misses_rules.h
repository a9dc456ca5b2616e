/* SPDX-License-Identifier: GPL-2.0-or-later */
/* misses_rules: the rules in which near misses are looked for, and who names them. */
#ifndef NFTRACE_MISSES_RULES_H
#define NFTRACE_MISSES_RULES_H

#include <stdbool.h>

struct ifnames;
struct ipsets;
struct nft_sets;
struct nft_snapshot;
struct place_index;
struct place_nft;
struct snapshot;

/* The rules that a packet has met, for certain; borrowed. */
struct misses_rules {
	const struct snapshot *legacy;	/* of its family; NULL: not known, or none */
	const struct nft_snapshot *nft;	/* the same */
	struct place_index *index;	/* names legacy's rules */
	struct place_nft *places;	/* and nft's; NULL: the index does, by their texts */
	const struct ifnames *names;
	const struct nft_sets *sets;	/* NULL: elements of sets are not known */
	const struct ipsets *ipsets;	/* the same of ipset's */
	bool printed;		/* by nft, which tells no marks and not all bytes */
};

#endif
