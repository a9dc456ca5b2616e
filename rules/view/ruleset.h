/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ruleset: the rules of both backends at one moment, seen as one. */
#ifndef NFTRACE_RULESET_H
#define NFTRACE_RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/base/family.h"
#include "rules/base/target.h"

struct nft_snapshot;
struct snapshot;

enum ruleset_backend { RULESET_LEGACY, RULESET_NFT };

/* All borrowed: whoever has the snapshots has them for longer. */
struct ruleset {
	const struct snapshot *legacy[FAMILY_COUNT];	/* NULL: no tables */
	const struct nft_snapshot *nft;			/* NULL: not looked at */
};

/* A rule; borrowed from its snapshot. */
struct ruleset_rule {
	enum ruleset_backend backend;
	const char *program;		/* "iptables", "ip6tables", "nft" */
	const char *family, *table, *chain;	/* nft; else "", the text names it */
	const char *text;		/* not terminated */
	uint32_t len;			/* bytes; 0: the text could not be had */
	uint32_t does;			/* enum rule_does, ored; legacy: TRACE_ON,
					 * NFLOG0 and no other */
	bool early;			/* nft: it is not at IP's hooks, and may come
					 * before them: bridge, netdev, ingress */
};

/**
 * ruleset_each - call @fn for each rule that does any of @does
 *
 * Legacy rules of this run are left out, and tables of any run of nftrace in nft.
 */
void ruleset_each(const struct ruleset *rs, unsigned int does,
		  void (*fn)(void *arg, const struct ruleset_rule *r),
		  void *arg);

struct ruleset_count {
	uint32_t tables, rules;
	uint32_t iptables;	/* of nft's tables: written by iptables-nft */
};

/**
 * ruleset_count - what a backend holds, less what is nftrace's
 * @nfproto: that packets of this family meet; NFPROTO_UNSPEC: all
 *
 * Of nft those of families ip, ip6 and inet.
 */
struct ruleset_count ruleset_count(const struct ruleset *rs,
				   enum ruleset_backend backend,
				   uint8_t nfproto);

/**
 * ruleset_has_chain - does a backend have a chain of this name?
 * @nfproto: IPv4 or IPv6: of the table
 * @len: bytes of @chain
 */
bool ruleset_has_chain(const struct ruleset *rs, enum ruleset_backend backend,
		       uint8_t nfproto, const char *table, const char *chain,
		       size_t len);

/**
 * ruleset_each_chain - call @fn for each chain, and with "" for a table that has none
 *
 * Tables of any run of nftrace in nft are left out.  The names last as long as @rs.
 */
void ruleset_each_chain(const struct ruleset *rs,
			void (*fn)(void *arg, const char *table,
				   const char *chain),
			void *arg);

#endif
