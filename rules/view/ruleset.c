// SPDX-License-Identifier: GPL-2.0-or-later
/* ruleset: the rules of both backends at one moment, seen as one. */
#include "rules/view/ruleset.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "rules/legacy/snapshot.h"
#include "rules/nft/snapshot.h"

typedef void rule_fn(void *arg, const struct ruleset_rule *r);

static void each_legacy(const struct snapshot *s, const struct family *f,
			unsigned int does, rule_fn *fn, void *arg)
{
	struct ruleset_rule rule = {
		.backend = RULESET_LEGACY, .program = f->command,
		.family = "", .table = "", .chain = "",
	};

	for (uint32_t i = 0; s && i < s->rules; i++) {
		const struct snap_rule *r = snapshot_rule(s, i);

		rule.does = (r->flags & SNAP_TRACE ? DOES_TRACE_ON : 0) |
			(r->flags & SNAP_NFLOG0 ? DOES_NFLOG0 : 0);
		if (!(rule.does & does) || r->flags & SNAP_OWN)
			continue;
		rule.text = snapshot_text(s, r->text);
		rule.len = r->len;
		fn(arg, &rule);
	}
}

static void each_nft(const struct nft_snapshot *s, unsigned int does,
		     rule_fn *fn, void *arg)
{
	for (uint32_t i = 0; s && i < s->rules; i++) {
		const struct nft_snap_rule *r = nft_snapshot_rule(s, i);
		const struct nft_snap_chain *c = nft_snapshot_chain(s, r->chain);
		const struct nft_snap_table *t = nft_snapshot_table(s, c->table);

		if (r->does & does && !(t->flags & NFT_SNAP_NFTRACE))
			fn(arg, &(struct ruleset_rule){
				.backend = RULESET_NFT, .program = "nft",
				.family = nft_snapshot_family(t->nfproto),
				.table = nft_snapshot_text(s, t->name),
				.chain = nft_snapshot_text(s, c->name),
				.text = nft_snapshot_text(s, r->text),
				.len = r->len, .does = r->does,
				.early = c->hook == NF_INET_INGRESS ||
					nft_snapshot_is_link(t->nfproto),
			});
	}
}

void ruleset_each(const struct ruleset *rs, unsigned int does, rule_fn *fn,
		  void *arg)
{
	for (unsigned int f = 0; f < FAMILY_COUNT; f++)
		each_legacy(rs->legacy[f], families[f], does, fn, arg);
	each_nft(rs->nft, does, fn, arg);
}

static void count_legacy(const struct snapshot *s, struct ruleset_count *n)
{
	for (uint32_t t = 0; s && t < s->tables; t++) {
		n->tables++;
		n->rules += s->table[t].rules;
	}
	for (uint32_t r = 0; s && r < s->rules; r++)
		n->rules -= !!(snapshot_rule(s, r)->flags & SNAP_OWN);
}

static void count_nft(const struct nft_snapshot *s, uint8_t nfproto,
		      struct ruleset_count *n)
{
	for (uint32_t i = 0; s && i < s->tables; i++) {
		const struct nft_snap_table *t = nft_snapshot_table(s, i);

		if (t->flags & NFT_SNAP_NFTRACE ||
		    nft_snapshot_is_link(t->nfproto) ||
		    (nfproto != NFPROTO_UNSPEC && t->nfproto != nfproto &&
		     t->nfproto != NFPROTO_INET))
			continue;
		n->tables++;
		n->rules += t->rules;
		n->iptables += !!(t->flags & NFT_SNAP_IPTABLES);
	}
}

struct ruleset_count ruleset_count(const struct ruleset *rs,
				   enum ruleset_backend backend,
				   uint8_t nfproto)
{
	struct ruleset_count n = { 0 };

	if (backend == RULESET_NFT)
		count_nft(rs->nft, nfproto, &n);
	for (unsigned int f = 0; f < FAMILY_COUNT; f++)
		if (backend == RULESET_LEGACY && (nfproto == NFPROTO_UNSPEC ||
						  nfproto == families[f]->nfproto))
			count_legacy(rs->legacy[f], &n);
	return n;
}

static bool legacy_has_chain(const struct snapshot *s, const char *table,
			     const char *chain, size_t len)
{
	int t = s ? snapshot_table(s, table, strlen(table)) : -1;

	return t >= 0 && snapshot_find_chain(s, (unsigned int)t, chain, len) !=
	       SNAP_NONE;
}

bool ruleset_has_chain(const struct ruleset *rs, enum ruleset_backend backend,
		       uint8_t nfproto, const char *table, const char *chain,
		       size_t len)
{
	uint32_t t;

	if (backend == RULESET_LEGACY)
		return legacy_has_chain(
			rs->legacy[family_index_by_nfproto(nfproto)], table,
			chain, len);
	t = rs->nft ? nft_snapshot_find_table(rs->nft, nfproto, table,
					      strlen(table)) : NFT_SNAP_NONE;
	return t != NFT_SNAP_NONE &&
	       nft_snapshot_find_chain(rs->nft, t, chain, len) != NFT_SNAP_NONE;
}

typedef void chain_fn(void *arg, const char *table, const char *chain);

static void each_legacy_chain(const struct snapshot *s, chain_fn *fn, void *arg)
{
	for (uint32_t i = 0; s && i < s->chains; i++) {
		const struct snap_chain *c = snapshot_chain(s, i);

		fn(arg, s->table[c->table].name, snapshot_text(s, c->name));
	}
}

static void each_nft_chain(const struct nft_snapshot *s, chain_fn *fn,
			   void *arg)
{
	for (uint32_t i = 0; s && i < s->tables; i++) {
		const struct nft_snap_table *t = nft_snapshot_table(s, i);
		const char *name = nft_snapshot_text(s, t->name);

		if (t->flags & NFT_SNAP_NFTRACE)
			continue;
		if (!t->chains)
			fn(arg, name, "");
		for (uint32_t c = 0; c < t->chains; c++)
			fn(arg, name, nft_snapshot_text(s,
				nft_snapshot_chain(s, t->first_chain + c)->name));
	}
}

void ruleset_each_chain(const struct ruleset *rs, chain_fn *fn, void *arg)
{
	for (unsigned int f = 0; f < FAMILY_COUNT; f++)
		each_legacy_chain(rs->legacy[f], fn, arg);
	each_nft_chain(rs->nft, fn, arg);
}
