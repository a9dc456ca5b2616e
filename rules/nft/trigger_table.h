/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trigger_table: the messages that make a run's own nft table. */
#ifndef NFTRACE_NFT_TRIGGER_TABLE_H
#define NFTRACE_NFT_TRIGGER_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/owner.h"
#include "rules/base/rule_set.h"
#include "rules/nft/trigger_set.h"

struct nft_batch;

enum {
	NFT_TRIGGER_CHAINS = 2,		/* of trace_set: PREROUTING, OUTPUT */
	NFT_TRIGGER_WITNESSES = 10,	/* messages at most: a chain and its rule, five times */
};

/* One attempt to put a table in. */
struct nft_trigger_table {
	const struct family *f;
	const struct nft_trigger_set *set;
	char table[OWNER_TEXT];
	bool owned;
	bool timed;			/* its rules have a deadline */
	uint8_t witness;		/* hooks: it has the chains of rules/base/witness.h */
	bool late[NFT_TRIGGER_CHAINS];	/* this chain is needed */
	struct nft_batch *b;
	/* By message: which rule, which chain; -1: none of the user's. */
	int *rule;
	uint8_t *chain;
	uint32_t deadline_at;		/* the first message of the deadline's two */
	uint32_t witness_at, witness_end;	/* the first of the witnesses', and behind */
	uint32_t rules;			/* that turn tracing on */
	bool failed;
};

/** nft_trigger_table_look - which chains behind conntrack it needs: fills .late */
void nft_trigger_table_look(struct nft_trigger_table *b);

/**
 * nft_trigger_table_fill - all of the table, in a new transaction: .b
 * Return: 0 or -ENOMEM; .b is the caller's to free in any case.
 */
int nft_trigger_table_fill(struct nft_trigger_table *b);

/**
 * nft_trigger_table_renew - the deadline of a table that is in, anew: .b
 * @b: .f, .table and .set->deadline_ms are looked at; 0: it has come
 * Return: as nft_trigger_table_fill().
 */
int nft_trigger_table_renew(struct nft_trigger_table *b);

/**
 * nft_trigger_table_probe - a table with an owner, and a deletion that is refused
 * So that nothing of it comes into force; as nft_trigger_table_fill().
 */
int nft_trigger_table_probe(struct nft_trigger_table *b);

/** nft_trigger_chain - the name of the chain for one bit of enum trace_chain */
const char *nft_trigger_chain(unsigned int chain, bool late);

#endif
