// SPDX-License-Identifier: GPL-2.0-or-later
/* trigger_table: the messages that make a run's own nft table. */
#include "rules/nft/trigger_table.h"

#include <errno.h>

#include <libnftnl/chain.h>
#include <libnftnl/common.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netlink.h>

#include "rules/base/family.h"
#include "rules/base/witness.h"
#include "rules/nft/batch.h"

enum {
	FLOWS = 65535,			/* connections remembered at once */
	FLOW_MS = 600000,		/* ... each for so long after a packet */
	/* nft's own numbers of datatypes: one that prints as a number (mark). */
	KEY_TYPE = 19, KEY_TYPE_BITS = 6, KEY_TYPE_NFPROTO = 2,
	FLOWS_ID = 1, DEADLINE_ID = 2,	/* within a transaction */
};

static const char flows[] = "flows", deadline[] = "deadline";

static const struct {
	const char *early, *late;
	uint32_t hook;
} chains[NFT_TRIGGER_CHAINS] = {
	{ "prerouting", "prerouting_late", NF_INET_PRE_ROUTING },
	{ "output", "output_late", NF_INET_LOCAL_OUT },
};

const char *nft_trigger_chain(unsigned int chain, bool late)
{
	unsigned int c = chain == TRACE_OUTPUT;

	return late ? chains[c].late : chains[c].early;
}

static void put_table(struct nft_trigger_table *b)
{
	struct nftnl_table *t = nftnl_table_alloc();
	struct nlmsghdr *nlh;

	if (!t) {
		b->failed = true;
		return;
	}
	nftnl_table_set_str(t, NFTNL_TABLE_NAME, b->table);
	nftnl_table_set_u32(t, NFTNL_TABLE_FLAGS,
			    b->owned ? NFT_TABLE_F_OWNER : 0);
	nlh = nft_batch_next(b->b, NFT_MSG_NEWTABLE, b->f->nfproto,
			     NLM_F_CREATE | NLM_F_EXCL);
	nftnl_table_nlmsg_build_payload(nlh, t);
	nftnl_table_free(t);
}

/* @hook: UINT32_MAX for a chain that nothing leads to */
static void put_chain(struct nft_trigger_table *b, const char *name, uint32_t hook,
		      int32_t priority)
{
	struct nftnl_chain *c = nftnl_chain_alloc();
	struct nlmsghdr *nlh;

	if (!c) {
		b->failed = true;
		return;
	}
	nftnl_chain_set_str(c, NFTNL_CHAIN_TABLE, b->table);
	nftnl_chain_set_str(c, NFTNL_CHAIN_NAME, name);
	if (hook != UINT32_MAX) {
		nftnl_chain_set_str(c, NFTNL_CHAIN_TYPE, "filter");
		nftnl_chain_set_u32(c, NFTNL_CHAIN_HOOKNUM, hook);
		nftnl_chain_set_s32(c, NFTNL_CHAIN_PRIO, priority);
		nftnl_chain_set_u32(c, NFTNL_CHAIN_POLICY, NF_ACCEPT);
	}
	nlh = nft_batch_next(b->b, NFT_MSG_NEWCHAIN, b->f->nfproto,
			     NLM_F_CREATE);
	nftnl_chain_nlmsg_build_payload(nlh, c);
	nftnl_chain_free(c);
}

/* Connections by id and direction; full is full. */
static void put_set(struct nft_trigger_table *b)
{
	struct nftnl_set *s = nftnl_set_alloc();
	struct nlmsghdr *nlh;

	if (!s) {
		b->failed = true;
		return;
	}
	nftnl_set_set_str(s, NFTNL_SET_TABLE, b->table);
	nftnl_set_set_str(s, NFTNL_SET_NAME, flows);
	nftnl_set_set_u32(s, NFTNL_SET_ID, FLOWS_ID);
	nftnl_set_set_u32(s, NFTNL_SET_FLAGS,
			  NFT_SET_EVAL | NFT_SET_TIMEOUT);
	nftnl_set_set_u32(s, NFTNL_SET_KEY_TYPE,
			  KEY_TYPE << KEY_TYPE_BITS | KEY_TYPE);
	nftnl_set_set_u32(s, NFTNL_SET_KEY_LEN, 8);
	nftnl_set_set_u32(s, NFTNL_SET_DESC_SIZE, FLOWS);
	nftnl_set_set_u64(s, NFTNL_SET_TIMEOUT, FLOW_MS);
	nlh = nft_batch_next(b->b, NFT_MSG_NEWSET, b->f->nfproto,
			     NLM_F_CREATE);
	nftnl_set_nlmsg_build_payload(nlh, s);
	nftnl_set_free(s);
}

/*
 * An element with a timeout is what makes a rule stop by itself, and what can be
 * renewed while the rule stays as it is, with its handle and its counter.
 */
static struct nftnl_set *deadline_set(struct nft_trigger_table *b)
{
	struct nftnl_set *s = nftnl_set_alloc();

	if (!s) {
		b->failed = true;
		return NULL;
	}
	nftnl_set_set_str(s, NFTNL_SET_TABLE, b->table);
	nftnl_set_set_str(s, NFTNL_SET_NAME, deadline);
	return s;
}

static void put_deadline_set(struct nft_trigger_table *b)
{
	struct nftnl_set *s = deadline_set(b);
	struct nlmsghdr *nlh;

	if (!s)
		return;
	nftnl_set_set_u32(s, NFTNL_SET_ID, DEADLINE_ID);
	nftnl_set_set_u32(s, NFTNL_SET_FLAGS, NFT_SET_TIMEOUT);
	nftnl_set_set_u32(s, NFTNL_SET_KEY_TYPE, KEY_TYPE_NFPROTO);
	nftnl_set_set_u32(s, NFTNL_SET_KEY_LEN, sizeof(b->f->nfproto));
	nlh = nft_batch_next(b->b, NFT_MSG_NEWSET, b->f->nfproto,
			     NLM_F_CREATE);
	nftnl_set_nlmsg_build_payload(nlh, s);
	nftnl_set_free(s);
}

static void put_deadline(struct nft_trigger_table *b)
{
	struct nftnl_set_elem *e = nftnl_set_elem_alloc();
	struct nftnl_set *s = deadline_set(b);
	struct nlmsghdr *nlh;

	if (!s || !e) {
		b->failed = true;
		nftnl_set_free(s);
		return;
	}
	nftnl_set_elem_set(e, NFTNL_SET_ELEM_KEY, &b->f->nfproto,
			   sizeof(b->f->nfproto));
	nftnl_set_elem_set_u64(e, NFTNL_SET_ELEM_TIMEOUT, b->set->deadline_ms);
	nftnl_set_elem_add(s, e);
	nlh = nft_batch_next(b->b, NFT_MSG_NEWSETELEM, b->f->nfproto,
			     NLM_F_CREATE);
	nftnl_set_elems_nlmsg_build_payload(nlh, s);
	nftnl_set_free(s);
}

/* All elements: it may have run out, which leaves none that could be named. */
static void put_flush(struct nft_trigger_table *b)
{
	struct nftnl_set *s = deadline_set(b);
	struct nlmsghdr *nlh;

	if (!s)
		return;
	nlh = nft_batch_next(b->b, NFT_MSG_DELSETELEM, b->f->nfproto, 0);
	nftnl_set_elems_nlmsg_build_payload(nlh, s);
	nftnl_set_free(s);
}

static struct nftnl_rule *new_rule(struct nft_trigger_table *b, const char *chain)
{
	struct nftnl_rule *r = nftnl_rule_alloc();

	if (!r) {
		b->failed = true;
		return NULL;
	}
	nftnl_rule_set_u32(r, NFTNL_RULE_FAMILY, b->f->nfproto);
	nftnl_rule_set_str(r, NFTNL_RULE_TABLE, b->table);
	nftnl_rule_set_str(r, NFTNL_RULE_CHAIN, chain);
	return r;
}

/* @i: of the user's rules, or -1 */
static void put_trigger_rule(struct nft_trigger_table *b, struct nftnl_rule *r, bool ok, int i,
			     uint8_t chain)
{
	struct nlmsghdr *nlh;

	if (!r)
		return;
	b->failed |= !ok;
	b->rule[nft_batch_count(b->b)] = i;
	b->chain[nft_batch_count(b->b)] = chain;
	nlh = nft_batch_next(b->b, NFT_MSG_NEWRULE, b->f->nfproto,
			     NLM_F_CREATE | NLM_F_APPEND);
	nftnl_rule_nlmsg_build_payload(nlh, r);
	nftnl_rule_free(r);
}

/* What ends every rule that turns tracing on. */
static bool add_end(struct nft_trigger_table *b, struct nftnl_rule *r)
{
	b->rules++;
	return (!b->timed ||
		nft_rule_add_deadline(r, deadline, DEADLINE_ID)) &&
	       nft_rule_add_limit(r, &b->set->limit) &&
	       nft_rule_add_counter(r) && nft_rule_add_trace(r);
}

static void put_trigger(struct nft_trigger_table *b, int i, unsigned int c)
{
	const struct trace_rule *rule = &b->set->rules->rule[i];
	struct nftnl_rule *r = new_rule(b, nft_trigger_chain(1u << c,
							     rule->late));
	bool ok = r && nft_rule_add_entry(r, b->f, rule->entry) &&
		add_end(b, r);

	put_trigger_rule(b, r, ok, i, (uint8_t)(1u << c));
}

/* Behind conntrack, what matched is noted, whatever the limit lets through. */
static void put_remember(struct nft_trigger_table *b, int i, unsigned int c)
{
	const struct trace_rule *rule = &b->set->rules->rule[i];
	struct nftnl_rule *r = new_rule(b, chains[c].late);
	bool ok = r && nft_rule_add_entry(r, b->f, rule->entry) &&
		nft_rule_add_remember(r, flows, FLOWS_ID);

	put_trigger_rule(b, r, ok, i, (uint8_t)(1u << c));
}

static void put_recall(struct nft_trigger_table *b, unsigned int c)
{
	struct nftnl_rule *r = new_rule(b, chains[c].late);
	bool ok = r && nft_rule_add_recall(r, flows, FLOWS_ID) && add_end(b, r);

	put_trigger_rule(b, r, ok, -1, 0);
}

static void put_key(struct nft_trigger_table *b)
{
	struct nftnl_rule *r;

	put_chain(b, "unused", UINT32_MAX, 0);
	r = new_rule(b, "unused");
	put_trigger_rule(b, r, r && nft_rule_add_trace(r), -1, 0);
}

/* By a rule that ends the chain: without one the kernel makes two events, not one. */
static void put_witness(struct nft_trigger_table *b, uint32_t hook)
{
	struct nftnl_rule *r;

	put_chain(b, witness_chain(hook), hook, WITNESS_PRIORITY);
	r = new_rule(b, witness_chain(hook));
	put_trigger_rule(b, r, r && nft_rule_add_accept(r), -1, 0);
}

static void put_witnesses(struct nft_trigger_table *b)
{
	b->witness_at = nft_batch_count(b->b);
	for (uint32_t h = 0; h < NF_INET_NUMHOOKS; h++)
		if (b->witness & 1u << h)
			put_witness(b, h);
	b->witness_end = nft_batch_count(b->b);
}

static void put_chains(struct nft_trigger_table *b)
{
	for (unsigned int c = 0; c < NFT_TRIGGER_CHAINS; c++) {
		put_chain(b, chains[c].early, chains[c].hook,
			  NFT_TRIGGER_EARLY);
		if (b->late[c])
			put_chain(b, chains[c].late, chains[c].hook,
				  b->set->behind_nat ? NFT_TRIGGER_BEHIND_NAT
						     : NFT_TRIGGER_LATE);
	}
	if (b->set->replies)
		put_set(b);
	b->deadline_at = nft_batch_count(b->b);
	if (b->timed) {
		put_deadline_set(b);
		put_deadline(b);
	}
}

static void put_rules(struct nft_trigger_table *b)
{
	const struct trace_set *rules = b->set->rules;

	for (unsigned int c = 0; c < NFT_TRIGGER_CHAINS; c++) {
		for (unsigned int i = 0; i < rules->count; i++) {
			const struct trace_rule *r = &rules->rule[i];

			if (!(r->chains & ~r->refused & (1u << c)))
				continue;
			put_trigger(b, (int)i, c);
			if (b->set->replies)
				put_remember(b, (int)i, c);
		}
		if (b->set->replies)
			put_recall(b, c);
	}
}

void nft_trigger_table_look(struct nft_trigger_table *b)
{
	const struct trace_set *rules = b->set->rules;

	for (unsigned int c = 0; c < NFT_TRIGGER_CHAINS; c++) {
		b->late[c] = b->set->replies;
		for (unsigned int i = 0; i < rules->count; i++)
			b->late[c] |= rules->rule[i].late &&
				rules->rule[i].chains & (1u << c);
	}
}

int nft_trigger_table_fill(struct nft_trigger_table *b)
{
	b->rules = 0;
	b->b = nft_batch_new();
	if (!b->b)
		return -ENOMEM;
	put_table(b);
	put_witnesses(b);
	if (b->set->key_only) {
		put_key(b);
	} else {
		put_chains(b);
		put_rules(b);
	}
	return b->failed ? -ENOMEM : 0;
}

int nft_trigger_table_probe(struct nft_trigger_table *b)
{
	struct nftnl_table *t = nftnl_table_alloc();

	b->b = t ? nft_batch_new() : NULL;
	if (b->b) {
		put_table(b);
		nftnl_table_set_str(t, NFTNL_TABLE_NAME, "nftrace_is_not_there");
		nftnl_table_nlmsg_build_payload(
			nft_batch_next(b->b, NFT_MSG_DELTABLE, b->f->nfproto, 0),
			t);
	}
	nftnl_table_free(t);
	return !b->b || b->failed ? -ENOMEM : 0;
}

int nft_trigger_table_renew(struct nft_trigger_table *b)
{
	b->b = nft_batch_new();
	if (!b->b)
		return -ENOMEM;
	put_flush(b);
	if (b->set->deadline_ms)
		put_deadline(b);
	return b->failed ? -ENOMEM : 0;
}
