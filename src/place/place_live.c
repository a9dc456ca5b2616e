// SPDX-License-Identifier: GPL-2.0-or-later
/* place_live: an event's prefix -> the rule it names, in the tables as they are or just were. */
#include "place/place_live.h"

#include <string.h>

#include "place/path_map.h"
#include "place/place_index.h"
#include "place/place_restored.h"
#include "place/place_rule.h"
#include "place/prefix.h"
#include "place/table_order.h"

/* A prefix under way to its place. */
struct look {
	struct place_index *idx;
	unsigned int family;
	const struct legacy_table *table;
	uint64_t hash;
	const char *prefix;
	size_t len;
};

static const struct snapshot *first_of(const struct look *l)
{
	return l->idx->history[l->family].first;
}

static uint8_t slot_of(const struct look *l, const struct place *p)
{
	if (!l->idx->map || p->hook >= NF_INET_NUMHOOKS)
		return SLOT_NONE;
	return path_map_slot(l->idx->map, l->family, p->hook, p->order);
}

static const char *table_name(const struct look *l)
{
	const char *name = l->table->name;
	size_t len = strlen(name);
	const char *known = table_order_name(name, len);

	return known ? known : nft_names_table(&l->idx->names, 0, name,
					       (uint32_t)len);
}

/* A chain of the start keeps the number that it had there; others get their own. */
static uint32_t number_of(const struct look *l, const struct nft_chain_name *c)
{
	const struct snapshot *first = first_of(l);
	int table = snapshot_table(first, l->table->name,
				   strlen(l->table->name));
	uint32_t i = table < 0 ? SNAP_NONE :
		snapshot_find_chain(first, (unsigned int)table, c->name,
				    c->len);

	return i != SNAP_NONE ? i : first->chains + (c->id & ~NFT_CHAIN_ID);
}

/* Names and numbers that mean the same in every reading. */
static bool name_place(const struct look *l, struct place *p)
{
	const struct nft_chain_name *c, *target;

	p->snap = first_of(l);
	p->table = table_name(l);
	c = !p->table ? NULL : nft_names_chain(&l->idx->names, p->table,
					       p->chain, p->chain_len);
	if (!c)
		return false;
	p->chain = c->name;
	p->chain_index = number_of(l, c);
	if (p->target_chain == SNAP_NONE)
		return true;
	target = nft_names_chain(&l->idx->names, p->table, p->target,
				 (uint32_t)strlen(p->target));
	if (!target)
		return false;
	p->target_chain = number_of(l, target);
	return true;
}

static struct place_node *find_same(struct place_node *n,
				    const struct place_node *like)
{
	while (n && (n->hash != like->hash || !place_node_same(n, like)))
		n = n->next;
	return n;
}

/* The place itself, or the one that was made of the same rule before. */
static struct place_node *keep(const struct look *l, struct place_node *n)
{
	struct place_node **idle = &l->idx->idle[l->hash % PLACE_BUCKETS];
	struct place_node *same;

	if (forgers_write(&l->idx->forgers[l->family], l->prefix, l->len))
		n->place.doubt = TEXT_DOUBT_FORGED;
	same = find_same(*idle, n);
	if (!same)
		same = find_same(l->idx->bucket[l->hash % PLACE_BUCKETS], n);
	if (same) {
		same->place.last = n->place.last;
		place_node_free(n);
		return same;
	}
	if (!place_node_own(n) || !place_build_line(&n->place, &n->texts) ||
	    !place_adopt(l->idx, &n->place)) {
		place_node_free(n);
		return NULL;
	}
	n->next = *idle;
	*idle = n;
	return n;
}

/*
 * The rule by one reading of its table.
 * Return: NULL: there is no such chain, or no such number unless @misfit.
 */
static struct place_node *read_by(const struct look *l, enum legacy_age age,
				  bool misfit)
{
	const struct place_table t = {
		.snap = l->table->at[age].snap,
		.index = l->table->at[age].index, .phase = l->idx->phase,
		.excerpt = l->idx->map && l->idx->map->excerpt,
		.fit = l->idx->fit[l->family],
	};
	struct prefix parts;
	struct place_node *n;

	if (!t.snap || !prefix_split(l->prefix, l->len, &parts))
		return NULL;
	n = place_node_new(l->hash, l->prefix, l->len);
	if (!n)
		return NULL;
	if (!place_rule_fill(&n->place, &t, &parts) ||
	    (text_doubt_is_of_rules(n->place.doubt) && !misfit) ||
	    !name_place(l, &n->place)) {
		place_node_free(n);
		return NULL;
	}
	n->place.slot = slot_of(l, &n->place);
	n->place.straddles = text_doubt_is_of_rules(n->place.doubt);
	return keep(l, n);
}

/* What the prefix alone tells. */
static bool name_only(const struct look *l, struct place_node *n)
{
	struct place *p = &n->place;

	p->nfproto = families[l->family]->nfproto;
	p->rule = "";
	if (!place_describe_restored(p, &l->idx->names))
		return false;
	p->target_chain = SNAP_NONE;
	return name_place(l, p);
}

static unsigned int ages_of(const struct place_node *then,
			    const struct place_node *now)
{
	return (then ? 1u << LEGACY_THEN : 0) | (now ? 1u << LEGACY_NOW : 0);
}

/* A place that may be either of two rules, or none of them. */
static struct place_node *doubt(const struct look *l,
				const struct place_node *then,
				const struct place_node *now)
{
	const struct place_node *like = then && !then->place.hidden ? then
					: now ? now : then;
	struct place_node *n = place_node_new(l->hash, l->prefix, l->len);

	if (!n)
		return NULL;
	if (like) {
		n->place = like->place;
		n->place.prefix = n->texts.prefix;
	} else if (!name_only(l, n)) {
		place_node_free(n);
		return NULL;
	}
	place_rule_doubt(&n->place, TEXT_DOUBT_CHANGED);
	n->place.slot = slot_of(l, &n->place);
	n->place.straddles = true;
	if (l->table->certain && !l->idx->unsure) {
		n->of[LEGACY_THEN] = then ? &then->place : NULL;
		n->of[LEGACY_NOW] = now ? &now->place : NULL;
	}
	return keep(l, n);
}

static struct place_node *find_by_age(const struct look *l, uint8_t *ages)
{
	struct place_node *then = read_by(l, LEGACY_THEN, false);
	struct place_node *now = read_by(l, LEGACY_NOW, false);
	struct place_node *only = !then || then == now ? now : !now ? then
							      : NULL;

	if (!l->table->certain || l->idx->unsure)
		return doubt(l, then, now);
	if (!then && !now)
		return read_by(l, LEGACY_NOW, true);
	if (!only)
		return doubt(l, then, now);
	*ages = (uint8_t)ages_of(then, now);
	return only;
}

static struct place_node *straddle(const struct look *l)
{
	uint8_t ages = 0;
	struct place_node *n = find_by_age(l, &ages);

	if (!n)
		return NULL;
	n->place.ages = ages;
	n->place.renewal = l->idx->renewal;
	return n;
}

static struct place_node *find_now(const struct look *l)
{
	struct place_node *n = read_by(l, LEGACY_NOW, true);

	l->idx->misfits += !n || n->place.straddles;
	if (!n)
		return NULL;
	n->place.ages = 0;
	n->place.renewal = 0;
	return n;
}

static void make_current(const struct look *l, struct place_node *n)
{
	struct place_node **head = &l->idx->bucket[l->hash % PLACE_BUCKETS];
	struct place_node **at = &l->idx->idle[l->hash % PLACE_BUCKETS];

	if (n->current)
		return;
	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	n->next = *head;
	*head = n;
	n->current = true;
}

struct place_node *place_live_look_up(struct place_index *idx, uint8_t nfproto,
				      uint64_t hash, const char *prefix,
				      size_t len)
{
	const struct family *f = family_by_nfproto(nfproto);
	struct look l = {
		.idx = idx, .hash = hash, .prefix = prefix, .len = len,
	};
	struct prefix parts;
	struct place_node *n;

	if (!f || !prefix_split(prefix, len, &parts))
		return NULL;
	l.family = family_index(f);
	l.table = legacy_history_find(&idx->history[l.family], parts.table,
				      parts.table_len);
	if (!l.table)
		return NULL;
	n = l.table->at[LEGACY_THEN].snap || idx->unsure ? straddle(&l)
							 : find_now(&l);
	if (n)
		make_current(&l, n);
	return n;
}
