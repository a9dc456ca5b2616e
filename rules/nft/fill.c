// SPDX-License-Identifier: GPL-2.0-or-later
/* fill: libnftnl's objects -> a snapshot's tables, chains and rules. */
#include "rules/nft/fill.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libnftnl/chain.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "rules/base/hash.h"
#include "rules/base/owner.h"
#include "rules/base/portid.h"
#include "rules/nft/expr.h"
#include "rules/nft/form.h"

uint32_t nft_fill_text(struct nft_maker *m, const char *bytes, size_t len)
{
	uint32_t here = shm_heap_add(&m->heap, bytes, len);

	/* For what is used as a string. */
	shm_heap_add(&m->heap, "", 1);
	return here;
}

static uint32_t add_name(struct nft_maker *m, const char *name, uint32_t *len)
{
	*len = (uint32_t)strlen(name);
	return nft_fill_text(m, name, *len);
}

static void link_in(struct nft_maker *m, uint64_t hash_at, uint64_t hash,
		    uint32_t i, uint32_t *next)
{
	shm_link((uint32_t *)(m->base + hash_at), m->s->hash_mask, hash, i,
		 next);
}

/* Tables that iptables-nft uses, by these names and no others. */
bool nft_fill_may_be_iptables(uint32_t nfproto, const char *name)
{
	static const char *const names[] = {
		"raw", "mangle", "nat", "filter", "security",
	};

	for (size_t i = 0; i < 5 && (nfproto == NFPROTO_IPV4 ||
				     nfproto == NFPROTO_IPV6); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static uint32_t table_flags(const struct nftnl_table *t, const char *name,
			    const struct owner *own)
{
	uint32_t kernel = nftnl_table_get_u32(t, NFTNL_TABLE_FLAGS), flags = 0;
	struct owner o;

	if (kernel & NFT_TABLE_F_DORMANT)
		flags |= NFT_SNAP_DORMANT;
	if (kernel & NFT_TABLE_F_OWNER)
		flags |= NFT_SNAP_OWNED;
	if (owner_parse_name(&o, name))
		flags |= NFT_SNAP_NFTRACE |
			(own && owner_same_run(&o, own) ? NFT_SNAP_OWN : 0);
	return flags;
}

/* Whose the socket is that owns it: of several that share one, nobody. */
static uint32_t name_holder(struct nft_maker *m, const struct nftnl_table *t,
			    uint32_t flags)
{
	char name[32], text[64];
	bool shared;
	pid_t pid;

	if (!(flags & NFT_SNAP_OWNED) || flags & NFT_SNAP_NFTRACE ||
	    !nftnl_table_is_set(t, NFTNL_TABLE_OWNER))
		return 0;
	pid = portid_process(nftnl_table_get_u32(t, NFTNL_TABLE_OWNER), &shared);
	if (!pid || shared)
		return 0;
	process_short_name(pid, name, sizeof(name));
	snprintf(text, sizeof(text), "%s, pid %d", name, (int)pid);
	return nft_fill_text(m, text, strlen(text));
}

static void take_tables(struct nft_maker *m, const struct owner *own)
{
	for (uint32_t i = 0; i < m->dump.tables.count; i++) {
		const struct nftnl_table *from = m->dump.tables.item[i];
		const char *name = nftnl_table_get_str(from, NFTNL_TABLE_NAME);
		struct nft_snap_table *t = &m->table[i];

		t->handle = nftnl_table_get_u64(from, NFTNL_TABLE_HANDLE);
		t->nfproto = (uint8_t)nftnl_table_get_u32(from,
							NFTNL_TABLE_FAMILY);
		t->name = add_name(m, name, &t->name_len);
		t->flags = table_flags(from, name, own);
		t->holder = name_holder(m, from, t->flags);
		link_in(m, m->s->table_hash_at,
			hash_name(t->nfproto, name, t->name_len), i,
			&t->next);
	}
}

static uint8_t chain_type(const char *type)
{
	static const char *const types[] = {
		[NFT_SNAP_FILTER] = "filter",
		[NFT_SNAP_NAT] = "nat",
		[NFT_SNAP_ROUTE] = "route",
	};

	for (uint8_t i = 0; i < 3; i++)
		if (type && strcmp(types[i], type) == 0)
			return i;
	return NFT_SNAP_OTHER;
}

static void take_base(struct nft_snap_chain *c, const struct nftnl_chain *from,
		      uint8_t nfproto)
{
	c->hook = NFT_SNAP_NO_HOOK;
	if (!nftnl_chain_is_set(from, NFTNL_CHAIN_HOOKNUM))
		return;
	c->hook = (uint8_t)nftnl_chain_get_u32(from, NFTNL_CHAIN_HOOKNUM);
	if (nft_snapshot_is_link(nfproto))
		c->hook += NFT_SNAP_LINK_HOOK;
	c->priority = nftnl_chain_get_s32(from, NFTNL_CHAIN_PRIO);
	c->type = chain_type(nftnl_chain_get_str(from, NFTNL_CHAIN_TYPE));
	c->policy = (uint8_t)nftnl_chain_get_u32(from, NFTNL_CHAIN_POLICY);
}

static uint32_t fill_find_table(const struct nft_maker *m, uint32_t nfproto,
				const char *name)
{
	return nft_snapshot_find_table(m->s, (uint8_t)nfproto, name,
				       strlen(name));
}

/* The kernel lists chains table by table. */
static int take_chains(struct nft_maker *m)
{
	for (uint32_t i = 0; i < m->dump.chains.count; i++) {
		const struct nftnl_chain *from = m->dump.chains.item[i];
		const char *name = nftnl_chain_get_str(from, NFTNL_CHAIN_NAME);
		struct nft_snap_chain *c = &m->chain[i];
		struct nft_snap_table *t;

		c->table = fill_find_table(m, nftnl_chain_get_u32(from,
							NFTNL_CHAIN_FAMILY),
					   nftnl_chain_get_str(from,
							NFTNL_CHAIN_TABLE));
		if (c->table == NFT_SNAP_NONE)
			return -EINTR;
		t = &m->table[c->table];
		if (t->chains++ == 0)
			t->first_chain = i;
		if (t->first_chain + t->chains != i + 1)
			return -EPROTO;
		c->handle = nftnl_chain_get_u64(from, NFTNL_CHAIN_HANDLE);
		c->name = add_name(m, name, &c->name_len);
		take_base(c, from, t->nfproto);
		link_in(m, m->s->chain_hash_at,
			hash_name(c->table, name, c->name_len), i,
			&c->next);
	}
	return 0;
}

static uint32_t fill_find_chain(const struct nft_maker *m, uint32_t table,
				const char *name)
{
	return nft_snapshot_find_chain(m->s, table, name, strlen(name));
}

static void take_filled_rule(struct nft_maker *m, uint32_t i, uint32_t chain,
			     const struct nftnl_rule *from)
{
	struct nft_snap_rule *r = &m->rule[i];
	uint32_t table = m->chain[chain].table;
	struct nft_effect e;

	nft_expr_read(from, &e);
	m->object[i] = from;
	r->chain = chain;
	r->handle = nftnl_rule_get_u64(from, NFTNL_RULE_HANDLE);
	r->does = e.does;
	r->verdict = e.verdict;
	r->to = e.to ? fill_find_chain(m, table, e.to) : NFT_SNAP_NONE;
	/* The heap begins with an empty string. */
	r->target = e.target ? nft_fill_text(m, e.target, strlen(e.target))
			     : 0;
	link_in(m, m->s->rule_hash_at, hash_mix(table, r->handle), i,
		&r->next);
}

/* The kernel lists rules chain by chain, in the order of the chains. */
static int take_rules(struct nft_maker *m)
{
	uint32_t last = NFT_SNAP_NONE;

	for (uint32_t i = 0; i < m->dump.rules.count; i++) {
		const struct nftnl_rule *from = m->dump.rules.item[i];
		uint32_t table = fill_find_table(m,
			nftnl_rule_get_u32(from, NFTNL_RULE_FAMILY),
			nftnl_rule_get_str(from, NFTNL_RULE_TABLE));
		uint32_t chain = table == NFT_SNAP_NONE ? table :
			fill_find_chain(m, table,
					nftnl_rule_get_str(from, NFTNL_RULE_CHAIN));

		if (chain == NFT_SNAP_NONE)
			return -EINTR;
		if (chain != last) {
			if (m->chain[chain].count)
				return -EPROTO;
			m->chain[chain].first = i;
		}
		last = chain;
		m->chain[chain].count++;
		m->table[table].rules++;
		take_filled_rule(m, i, chain, from);
	}
	return 0;
}

/* Where others have written as well iptables may list nothing, and still some are its own. */
static void note_alike(struct nft_maker *m, const struct nft_snap_table *t)
{
	for (uint32_t c = 0; c < t->chains; c++) {
		const struct nft_snap_chain *chain = &m->chain[t->first_chain + c];

		for (uint32_t r = 0; r < chain->count; r++)
			m->rule[chain->first + r].alike =
				nft_expr_is_iptables(m->object[chain->first + r]);
	}
}

/* Whose every rule could be given in iptables' words is iptables-nft's. */
void nft_fill_judge(struct nft_maker *m)
{
	for (uint32_t i = 0; i < m->s->tables; i++) {
		struct nft_snap_table *t = &m->table[i];
		bool may = nft_fill_may_be_iptables(t->nfproto,
					   nft_snapshot_text(m->s, t->name));
		bool all = may;

		for (uint32_t c = 0; c < t->chains && all; c++) {
			const struct nft_snap_chain *chain =
				&m->chain[t->first_chain + c];

			for (uint32_t r = 0; r < chain->count; r++)
				all &= m->rule[chain->first + r].iptables;
		}
		if (all)
			t->flags |= NFT_SNAP_IPTABLES;
		else if (may)
			note_alike(m, t);
	}
}

int nft_fill(struct nft_maker *m, const struct owner *own)
{
	int err;

	take_tables(m, own);
	err = take_chains(m);
	if (!err)
		err = take_rules(m);
	return err;
}
