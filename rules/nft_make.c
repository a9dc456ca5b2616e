// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_make: makes a snapshot of nft's rules, in a helper child. */
#include "nft_make.h"

#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <libnftnl/chain.h>
#include <libnftnl/rule.h>
#include <libnftnl/table.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "nft_expr.h"
#include "nft_hash.h"
#include "owner.h"

/* Somebody else may change rules while they are read: begin anew. */
enum { TRIES = 50, PAUSE_US = 2000 };

/* Headers newer than a distribution's: the table's socket owns it. */
enum { TABLE_DORMANT = 1 << 0, TABLE_OWNER = 1 << 1 };

struct texts {
	char *list;
	char *save[NFPROTO_NUMPROTO];	/* by family; NULL: none */
};

struct job {
	const struct owner *own;
};

uint32_t nft_make_text(struct nft_maker *m, const char *bytes, size_t len)
{
	struct nft_snapshot *s = m->s;
	uint64_t here = s->heap_size;

	/* A NUL behind each, for what is used as a string. */
	if (here + len + 1 > m->heap_end || here + len + 1 > UINT32_MAX) {
		m->failed = true;
		return 0;
	}
	memcpy(m->base + s->heap_at + here, bytes, len);
	s->heap_size += len + 1;
	return (uint32_t)here;
}

static uint32_t add_name(struct nft_maker *m, const char *name, uint32_t *len)
{
	*len = (uint32_t)strlen(name);
	return nft_make_text(m, name, *len);
}

static void link_in(struct nft_maker *m, uint64_t hash_at, uint32_t hash,
		    uint32_t i, uint32_t *next)
{
	uint32_t *head = (uint32_t *)(m->base + hash_at) +
		(hash & m->s->hash_mask);

	*next = *head;
	*head = i;
}

/* Tables that iptables-nft uses, by these names and no others. */
static bool may_be_iptables(uint32_t nfproto, const char *name)
{
	static const char *const names[] = {
		"raw", "mangle", "nat", "filter", "security",
	};

	for (size_t i = 0; i < 5 && nfproto != NFPROTO_INET; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static uint32_t table_flags(const struct nftnl_table *t, const char *name,
			    const struct owner *own)
{
	uint32_t kernel = nftnl_table_get_u32(t, NFTNL_TABLE_FLAGS), flags = 0;
	struct owner o;

	if (kernel & TABLE_DORMANT)
		flags |= NFT_SNAP_DORMANT;
	if (kernel & TABLE_OWNER)
		flags |= NFT_SNAP_OWNED;
	if (owner_parse_name(&o, name))
		flags |= NFT_SNAP_NFTRACE |
			(own && owner_same_run(&o, own) ? NFT_SNAP_OWN : 0);
	return flags;
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
		link_in(m, m->s->table_hash_at,
			nft_hash_name(t->nfproto, name, t->name_len), i,
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

static void take_base(struct nft_snap_chain *c, const struct nftnl_chain *from)
{
	c->hook = NFT_SNAP_NO_HOOK;
	if (!nftnl_chain_is_set(from, NFTNL_CHAIN_HOOKNUM))
		return;
	c->hook = (uint8_t)nftnl_chain_get_u32(from, NFTNL_CHAIN_HOOKNUM);
	c->priority = nftnl_chain_get_s32(from, NFTNL_CHAIN_PRIO);
	c->type = chain_type(nftnl_chain_get_str(from, NFTNL_CHAIN_TYPE));
	c->policy = (uint8_t)nftnl_chain_get_u32(from, NFTNL_CHAIN_POLICY);
}

static uint32_t find_table(const struct nft_maker *m, uint32_t nfproto,
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

		c->table = find_table(m, nftnl_chain_get_u32(from,
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
		take_base(c, from);
		link_in(m, m->s->chain_hash_at,
			nft_hash_name(c->table, name, c->name_len), i,
			&c->next);
	}
	return 0;
}

static uint32_t find_chain(const struct nft_maker *m, uint32_t table,
			   const char *name)
{
	return nft_snapshot_find_chain(m->s, table, name, strlen(name));
}

static void take_rule(struct nft_maker *m, uint32_t i, uint32_t chain,
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
	r->to = e.to ? find_chain(m, table, e.to) : NFT_SNAP_NONE;
	/* The heap begins with an empty string. */
	r->target = e.target ? nft_make_text(m, e.target, strlen(e.target))
			     : 0;
	link_in(m, m->s->rule_hash_at, nft_hash_handle(table, r->handle), i,
		&r->next);
}

/* The kernel lists rules chain by chain, in the order of the chains. */
static int take_rules(struct nft_maker *m)
{
	uint32_t last = NFT_SNAP_NONE;

	for (uint32_t i = 0; i < m->dump.rules.count; i++) {
		const struct nftnl_rule *from = m->dump.rules.item[i];
		uint32_t table = find_table(m,
			nftnl_rule_get_u32(from, NFTNL_RULE_FAMILY),
			nftnl_rule_get_str(from, NFTNL_RULE_TABLE));
		uint32_t chain = table == NFT_SNAP_NONE ? table :
			find_chain(m, table,
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
		take_rule(m, i, chain, from);
	}
	return 0;
}

static uint64_t mix(uint64_t h, uint64_t w)
{
	h = (h ^ w) * 0x9fb21c651e98df25;
	return h ^ h >> 35;
}

/* Handles are never used twice in a table: they stand for what they name. */
static void digest(struct nft_maker *m)
{
	for (uint32_t i = 0; i < m->s->chains; i++) {
		const struct nft_snap_chain *c = &m->chain[i];
		struct nft_snap_table *t = &m->table[c->table];

		t->digest = mix(t->digest ^ t->handle, c->handle);
		t->digest = mix(t->digest, c->policy);
		for (uint32_t r = 0; r < c->count; r++)
			t->digest = mix(t->digest, m->rule[c->first + r].handle);
	}
}

/* Whose every rule could be given in iptables' words is iptables-nft's. */
static void judge_tables(struct nft_maker *m)
{
	for (uint32_t i = 0; i < m->s->tables; i++) {
		struct nft_snap_table *t = &m->table[i];
		bool all = may_be_iptables(t->nfproto,
					   nft_snapshot_text(m->s, t->name));

		for (uint32_t c = 0; c < t->chains && all; c++) {
			const struct nft_snap_chain *chain =
				&m->chain[t->first_chain + c];

			for (uint32_t r = 0; r < chain->count; r++)
				all &= m->rule[chain->first + r].iptables;
		}
		if (all)
			t->flags |= NFT_SNAP_IPTABLES;
	}
}

static uint64_t round_up(uint64_t n)
{
	return (n + 63) / 64 * 64;
}

/* Bounds for every array; what is not touched costs nothing. */
static uint64_t plan_layout(struct nft_snapshot *s, const struct nft_dump *d)
{
	uint64_t at = round_up(sizeof(*s));
	uint32_t mask = 63;

	s->generation = d->generation;
	s->tables = d->tables.count;
	s->chains = d->chains.count;
	s->rules = d->rules.count;
	while (mask < s->rules || mask < s->chains)
		mask = mask * 2 + 1;
	s->hash_mask = mask;
	s->table_hash_at = at;
	s->chain_hash_at = at + (mask + 1ull) * sizeof(uint32_t);
	s->rule_hash_at = at + (mask + 1ull) * 2 * sizeof(uint32_t);
	at = round_up(at + (mask + 1ull) * 3 * sizeof(uint32_t));
	s->table_at = at;
	at = round_up(at + s->tables * sizeof(struct nft_snap_table));
	s->chain_at = at;
	at = round_up(at + s->chains * sizeof(struct nft_snap_chain));
	s->rule_at = at;
	return round_up(at + s->rules * sizeof(struct nft_snap_rule));
}

static size_t length(const char *text)
{
	return text ? strlen(text) : 0;
}

static bool lay_out(struct nft_maker *m, struct helper_out *out,
		    const struct texts *texts)
{
	struct nft_snapshot plan = { .size = 0 };

	plan.heap_at = plan_layout(&plan, &m->dump);
	/* Each text once more for its NUL; names; targets; policies. */
	m->heap_end = 2 * (length(texts->list) +
			   length(texts->save[NFPROTO_IPV4]) +
			   length(texts->save[NFPROTO_IPV6])) +
		(plan.tables + plan.chains * 4ull) * 256 + plan.rules * 64ull +
		4096;
	m->base = helper_reserve(out, plan.heap_at + m->heap_end);
	m->object = calloc(plan.rules + 1ul, sizeof(*m->object));
	if (!m->base || !m->object)
		return false;
	m->s = (struct nft_snapshot *)m->base;
	*m->s = plan;
	memset(m->base + plan.table_hash_at, 0xff,
	       plan.table_at - plan.table_hash_at);
	m->table = (struct nft_snap_table *)(m->base + plan.table_at);
	m->chain = (struct nft_snap_chain *)(m->base + plan.chain_at);
	m->rule = (struct nft_snap_rule *)(m->base + plan.rule_at);
	nft_make_text(m, "", 0);
	return true;
}

static int assemble(struct nft_maker *m, struct helper_out *out,
		    const struct texts *texts, const struct owner *own)
{
	int err;

	if (!lay_out(m, out, texts))
		return -ENOMEM;
	take_tables(m, own);
	err = take_chains(m);
	if (!err)
		err = take_rules(m);
	if (err)
		return err;
	if (texts->list)
		nft_list_fill(m, texts->list);
	for (uint8_t i = 0; i < NFPROTO_NUMPROTO; i++)
		if (texts->save[i])
			nft_save_fill(m, i, texts->save[i]);
	judge_tables(m);
	digest(m);
	out->used = m->s->heap_at + m->s->heap_size;
	m->s->size = out->used;
	return m->failed ? -EOVERFLOW : 0;
}

static bool wants_save(const struct nft_dump *d, uint32_t nfproto)
{
	for (uint32_t i = 0; i < d->tables.count; i++) {
		const struct nftnl_table *t = d->tables.item[i];

		if (nftnl_table_get_u32(t, NFTNL_TABLE_FAMILY) == nfproto &&
		    may_be_iptables(nfproto,
				    nftnl_table_get_str(t, NFTNL_TABLE_NAME)))
			return true;
	}
	return false;
}

static void release(struct nft_maker *m, struct texts *texts)
{
	free(texts->list);
	for (unsigned int i = 0; i < NFPROTO_NUMPROTO; i++)
		free(texts->save[i]);
	free(m->object);
	nft_dump_release(&m->dump);
	memset(texts, 0, sizeof(*texts));
}

/* Everything that is printed, and the objects, of one generation. */
static int gather(struct nft_maker *m, struct texts *texts)
{
	static const uint8_t saved[] = { NFPROTO_IPV4, NFPROTO_IPV6 };
	uint32_t generation;
	int err = nft_dump_read(&m->dump);

	if (err || m->dump.tables.count == 0)
		return err;
	/* Without it, and its reason said, rules go without their text. */
	texts->list = nft_list_read();
	for (size_t i = 0; i < 2; i++)
		if (wants_save(&m->dump, saved[i]))
			texts->save[saved[i]] = nft_save_read(saved[i]);
	err = nft_generation(&generation);
	return err ? err : generation == m->dump.generation ? 0 : -EINTR;
}

/* Exit status of the child: 0, or the errno. */
static int make(const void *arg, struct helper_out *out)
{
	const struct job *job = arg;
	int err = -EINTR;

	for (unsigned int tries = 0; tries < TRIES && err == -EINTR; tries++) {
		struct nft_maker m = { .failed = false };
		struct texts texts = { .list = NULL };

		if (tries)
			usleep(PAUSE_US * tries);
		err = gather(&m, &texts);
		if (!err)
			err = assemble(&m, out, &texts, job->own);
		release(&m, &texts);
	}
	if (err == -EINTR)
		err = -EAGAIN;
	return -err < 98 ? -err : EIO;
}

int nft_snapshot_start(struct helper *h, const struct owner *own)
{
	struct job job = { .own = own };

	return helper_start(h, make, &job);
}

int nft_snapshot_finish(struct helper *h, struct helper_result *res,
			const struct nft_snapshot **snap, int *fd)
{
	int kept, err = helper_finish_fd(h, -1, res, &kept);

	*snap = NULL;
	if (fd)
		*fd = -1;
	if (err)
		return err;
	if (res->status == 0 && res->data) {
		*snap = res->data;
		if (fd)
			*fd = kept;
		else
			close(kept);
		return 0;
	}
	close(kept);
	return res->status > 0 && res->status < 98 ? -res->status : -EIO;
}
