// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_listed: what `nft -a list ruleset` prints -> a snapshot of nft's rules. */
#include "replay/nft_listed.h"

#include <linux/netfilter.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "place/rule_words.h"
#include "replay/nft_list.h"
#include "replay/nft_rules.h"
#include "replay/nft_says.h"
#include "rules/base/hash.h"
#include "rules/base/shm.h"
#include "rules/base/target.h"
#include "rules/nft/snapshot.h"

enum { TEXT_MAX = 32 << 20, LISTED_TEXT = 4096 };

struct making {
	const struct nft_rules *base;
	struct nft_list at;
	struct nft_snapshot *s;
	struct nft_snap_table *table;
	struct nft_snap_chain *chain;
	struct nft_snap_rule *rule;
	struct shm_heap heap;
	uint32_t tables, chains, rules;		/* so many are there */
	bool odd;		/* something is not understood */
};

/* A set of that name may be anywhere: only a chain's lines are looked at. */
static bool is_understood(const struct nft_list *l)
{
	return l->handle || strview_starts(l->text, "comment ");
}

static bool count(struct making *m, struct strview text)
{
	struct nft_list l = { .family = 0 };
	struct strview line;
	bool all = true;

	while (strview_line(&text, &line)) {
		switch (nft_list_line(&l, line)) {
		case NFT_LIST_TABLE:
			m->tables += l.table.len > 0;
			break;
		case NFT_LIST_CHAIN:
			m->chains++;
			break;
		case NFT_LIST_RULE:
			m->rules += l.handle > 0;
			all &= is_understood(&l);
			break;
		case NFT_LIST_OTHER: case NFT_LIST_BASE: case NFT_LIST_END:
			break;
		}
	}
	return all && m->rules;
}

static uint32_t add_text(struct making *m, struct strview text)
{
	uint32_t here = shm_heap_add(&m->heap, text.at, text.len);

	shm_heap_add(&m->heap, "", 1);
	return here;
}

static bool lay_out(struct making *m, size_t len)
{
	struct nft_snapshot plan = {
		.tables = m->tables, .chains = m->chains, .rules = m->rules,
		.hash_mask = shm_mask(m->rules + m->chains),
	};
	uint64_t end = sizeof(plan), buckets = plan.hash_mask + 1ull;
	uint64_t room = 2 * len + 2ull * (m->tables + m->chains + m->rules) + 64;
	char *base;

	plan.table_hash_at = shm_array(&end, buckets, sizeof(uint32_t));
	plan.chain_hash_at = shm_array(&end, buckets, sizeof(uint32_t));
	plan.rule_hash_at = shm_array(&end, buckets, sizeof(uint32_t));
	plan.table_at = shm_array(&end, m->tables, sizeof(*m->table));
	plan.chain_at = shm_array(&end, m->chains, sizeof(*m->chain));
	plan.rule_at = shm_array(&end, m->rules, sizeof(*m->rule));
	plan.heap_at = shm_array(&end, 0, 0);
	plan.heap_size = room;
	plan.size = end + room;
	base = calloc(1, plan.size);
	if (!base)
		return false;
	m->s = (struct nft_snapshot *)base;
	*m->s = plan;
	shm_clear((uint32_t *)(base + plan.table_hash_at), plan.hash_mask);
	shm_clear((uint32_t *)(base + plan.chain_hash_at), plan.hash_mask);
	shm_clear((uint32_t *)(base + plan.rule_hash_at), plan.hash_mask);
	m->table = (struct nft_snap_table *)(base + plan.table_at);
	m->chain = (struct nft_snap_chain *)(base + plan.chain_at);
	m->rule = (struct nft_snap_rule *)(base + plan.rule_at);
	shm_heap_open(&m->heap, base + plan.heap_at, room, false);
	add_text(m, (struct strview){ "", 0 });
	return true;
}

static void link_in(struct making *m, uint64_t hash_at, uint64_t hash,
		    uint32_t i, uint32_t *next)
{
	shm_link((uint32_t *)((char *)m->s + hash_at), m->s->hash_mask, hash, i,
		 next);
}

static void add_table(struct making *m)
{
	struct strview name = m->at.table;
	struct nft_snap_table *t;

	if (!name.len)
		return;
	m->odd |= nft_snapshot_find_table(m->s, m->at.family, name.at,
					  name.len) != NFT_SNAP_NONE;
	t = &m->table[m->tables];
	t->nfproto = m->at.family;
	t->name = add_text(m, name);
	t->name_len = (uint32_t)name.len;
	t->first_chain = m->chains;
	link_in(m, m->s->table_hash_at, hash_name(t->nfproto, name.at, name.len),
		m->tables++, &t->next);
}

static void add_chain(struct making *m)
{
	struct nft_snap_chain *c = &m->chain[m->chains];
	const struct nft_rules_chain *base;
	struct strview name = m->at.chain;

	c->table = m->tables - 1;
	m->odd |= nft_snapshot_find_chain(m->s, c->table, name.at, name.len) !=
		  NFT_SNAP_NONE;
	c->name = add_text(m, name);
	c->name_len = (uint32_t)name.len;
	c->first = m->rules;
	c->hook = NFT_SNAP_NO_HOOK;
	c->policy = NF_ACCEPT;
	base = nft_rules_find(m->base, m->at.family, m->at.table, name);
	if (base) {
		c->hook = base->hook;
		c->priority = base->priority;
		c->type = base->nat ? NFT_SNAP_NAT : NFT_SNAP_FILTER;
		if (strview_find(base->policy, "policy drop;") < base->policy.len)
			c->policy = NF_DROP;
	}
	m->table[c->table].chains++;
	link_in(m, m->s->chain_hash_at, hash_name(c->table, name.at, name.len),
		m->chains++, &c->next);
}

/* "tcp dport set 80": bytes of the packet that no event shows */
static bool writes_bytes(struct strview text)
{
	struct strview w[2] = { { "", 0 }, { "", 0 } }, word;

	while (strview_quoted(&text, &word)) {
		if (strview_is(word, "set") && !strview_is(w[0], "meta") &&
		    !strview_is(w[0], "ct"))
			return true;
		w[0] = w[1];
		w[1] = word;
	}
	return false;
}

static uint32_t does_by_effect(uint8_t effect)
{
	switch (effect) {
	case EFFECT_REJECT:
		return DOES_REJECT;
	case EFFECT_QUEUE:
		return DOES_QUEUE;
	case EFFECT_STEAL:
		return DOES_STEAL;
	case EFFECT_MAYBE:
		return DOES_VERDICT_MAP;
	}
	return 0;
}

static uint8_t verdict_by_effect(uint8_t effect)
{
	switch (effect) {
	case EFFECT_ACCEPT:
		return NFT_SNAP_ACCEPT;
	case EFFECT_DROP:
		return NFT_SNAP_DROP;
	case EFFECT_RETURN:
		return NFT_SNAP_RETURN;
	case EFFECT_JUMP:
		return NFT_SNAP_JUMP;
	case EFFECT_GOTO:
		return NFT_SNAP_GOTO;
	}
	return NFT_SNAP_CONTINUE;
}

/*
 * nft 1.0.6 prints of a rule of ip6tables' nat what it asks for, and not its target, where
 * tables of IPv4 come first.
 */
static bool may_lack_target(const struct making *m, const struct rule_words *w)
{
	return m->at.family == NFPROTO_IPV6 && strview_is(m->at.table, "nat") &&
	       w->effect == EFFECT_CONTINUE && !w->target.len;
}

/* Its words, all but where it leads to: that chain may still come. */
static void read_rule(struct nft_snap_rule *r, struct making *m)
{
	struct strview text = { nft_snapshot_text(m->s, r->text), r->len };
	struct rule_words w;
	char name[32];

	rule_words_read(&w, text);
	r->verdict = verdict_by_effect(w.effect);
	r->does = nft_says_does(text) | does_by_effect(w.effect);
	if (writes_bytes(text))
		r->does |= MANGLE_OTHER;
	if (may_lack_target(m, &w))
		r->does |= DOES_VERDICT_MAP | DOES_NAT | MANGLE_SRC | MANGLE_DST;
	if (w.effect == EFFECT_JUMP || w.effect == EFFECT_GOTO ||
	    !w.target.len || w.target.len >= sizeof(name))
		return;
	memcpy(name, w.target.at, w.target.len);
	name[w.target.len] = '\0';
	if (target_find(name))
		r->target = add_text(m, w.target);
}

static void add_rule(struct making *m)
{
	struct nft_snap_rule *r = &m->rule[m->rules];
	char room[LISTED_TEXT];
	struct strview text = { room, 0 };

	if (!m->at.handle)
		return;
	/* Of one that is longer its end is not known. */
	m->odd |= m->at.text.len >= sizeof(room);
	text.len = nft_rules_text(room, sizeof(room), m->at.text);
	r->handle = m->at.handle;
	r->chain = m->chains - 1;
	r->text = add_text(m, text);
	r->len = (uint32_t)text.len;
	r->to = NFT_SNAP_NONE;
	read_rule(r, m);
	m->chain[r->chain].count++;
	m->table[m->tables - 1].rules++;
	link_in(m, m->s->rule_hash_at, hash_mix(m->tables - 1, r->handle),
		m->rules++, &r->next);
}

static void add_all(struct making *m, struct strview text)
{
	struct strview line;

	m->tables = m->chains = m->rules = 0;
	while (strview_line(&text, &line)) {
		switch (nft_list_line(&m->at, line)) {
		case NFT_LIST_TABLE:
			add_table(m);
			break;
		case NFT_LIST_CHAIN:
			add_chain(m);
			break;
		case NFT_LIST_RULE:
			add_rule(m);
			break;
		case NFT_LIST_OTHER: case NFT_LIST_BASE: case NFT_LIST_END:
			break;
		}
	}
}

/* All chains are there now. */
static void find_ways(struct making *m)
{
	for (uint32_t i = 0; i < m->rules; i++) {
		struct nft_snap_rule *r = &m->rule[i];
		struct rule_words w;

		if (r->verdict != NFT_SNAP_JUMP && r->verdict != NFT_SNAP_GOTO)
			continue;
		rule_words_read(&w, (struct strview){
			nft_snapshot_text(m->s, r->text), r->len,
		});
		r->to = nft_snapshot_find_chain(m->s, m->chain[r->chain].table,
						w.target.at, w.target.len);
	}
}

struct nft_snapshot *nft_listed_make(struct strview text,
				     const struct nft_rules *base)
{
	struct making m = { .base = base };

	if (base->cut || text.len > TEXT_MAX || !count(&m, text) ||
	    !lay_out(&m, text.len))
		return NULL;
	add_all(&m, text);
	find_ways(&m);
	if (!m.odd && !m.heap.full)
		return m.s;
	free(m.s);
	return NULL;
}
