// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_slots: base chains of nft and what their rules do -> the map of hooks. */
#include "place/nft_slots.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "place/nft_names.h"
#include "place/path_map.h"
#include "rules/base/target.h"
#include "rules/base/family.h"
#include "rules/base/witness.h"
#include "rules/nft/snapshot.h"

/* Conntrack runs all of nat at one priority, whatever a chain of nat says. */
static int32_t priority_of(const struct nft_snap_chain *c)
{
	if (c->type != NFT_SNAP_NAT)
		return c->priority;
	return c->hook == NF_INET_LOCAL_IN || c->hook == NF_INET_POST_ROUTING ?
		100 : -100;
}

/* The run's own have their slots; of others' no event is looked at. */
static bool is_witness(const struct nft_snapshot *s,
		       const struct nft_snap_table *t,
		       const struct nft_snap_chain *c)
{
	return t->flags & NFT_SNAP_NFTRACE &&
	       witness_hook(nft_snapshot_text(s, c->name), c->name_len) <
	       NF_INET_NUMHOOKS;
}

static void add_slot(struct path_map *map, struct nft_names *names,
		     const struct nft_snapshot *s,
		     const struct nft_snap_chain *c)
{
	const struct nft_snap_table *t = nft_snapshot_table(s, c->table);
	const char *table = nft_names_table(names, t->nfproto,
					    nft_snapshot_text(s, t->name),
					    t->name_len);
	const struct nft_chain_name *name = !table ? NULL :
		nft_names_chain(names, table,
				nft_snapshot_text(s, c->name), c->name_len);

	if (!name || t->flags & NFT_SNAP_DORMANT || is_witness(s, t, c))
		return;
	for (unsigned int f = 0; f < FAMILY_COUNT; f++) {
		uint8_t slot;

		if (t->nfproto != NFPROTO_INET &&
		    t->nfproto != families[f]->nfproto)
			continue;
		slot = path_map_add(map, f, c->hook, name->id,
				    priority_of(c), c->type == NFT_SNAP_NAT);
		if (t->flags & NFT_SNAP_NFTRACE && slot != SLOT_NONE)
			path_map_excuse(map, f, c->hook, slot);
	}
}

/* Does the chain see what has been at a hook of IP, or goes between two of them? */
static bool is_behind_ip(const struct nft_snap_table *t,
			 const struct nft_snap_chain *c)
{
	if (t->flags & NFT_SNAP_DORMANT || c->hook == NFT_SNAP_NO_HOOK)
		return false;
	return t->nfproto == NFPROTO_BRIDGE ||
	       (t->nfproto == NFPROTO_NETDEV &&
		c->hook != NFT_SNAP_LINK_HOOK + NF_NETDEV_INGRESS);
}

/* Does a rule at IP's hooks do @what, enum rule_does? */
static bool any_does(const struct nft_snapshot *s, uint32_t what)
{
	for (uint32_t i = 0; i < s->rules; i++) {
		const struct nft_snap_rule *r = nft_snapshot_rule(s, i);
		uint32_t table = nft_snapshot_chain(s, r->chain)->table;
		uint8_t nfproto = nft_snapshot_table(s, table)->nfproto;

		if (r->does & what && !nft_snapshot_is_link(nfproto))
			return true;
	}
	return false;
}

static uint8_t find_others(const struct nft_snapshot *s)
{
	uint8_t found = 0;

	for (uint32_t i = 0; i < s->rules; i++) {
		const struct nft_snap_rule *r = nft_snapshot_rule(s, i);
		uint32_t table = nft_snapshot_chain(s, r->chain)->table;
		uint32_t flags = nft_snapshot_table(s, table)->flags;

		if (r->does & DOES_TRACE_ON && !(flags & NFT_SNAP_OWN))
			found |= flags & NFT_SNAP_NFTRACE ? OTHERS_RUNS
							  : OTHERS_RULES;
	}
	return found;
}

bool nft_slots_same(const struct path_map *a, const struct path_map *b)
{
	for (unsigned int i = 0; i < 2 * NF_INET_NUMHOOKS; i++) {
		const struct path_hook *x = &a->hook[i / NF_INET_NUMHOOKS]
						    [i % NF_INET_NUMHOOKS];
		const struct path_hook *y = &b->hook[i / NF_INET_NUMHOOKS]
						    [i % NF_INET_NUMHOOKS];

		if (x->must != y->must || x->may != y->may)
			return false;
	}
	return true;
}

void nft_slots_fill(struct path_map *map, struct nft_names *names,
		    const struct nft_snapshot *s)
{
	map->untraced = any_does(s, DOES_TRACE_OFF);
	map->copied = any_does(s, MANGLE_CLONE);
	map->synproxy |= any_does(s, DOES_STEAL);
	map->others |= find_others(s);
	map->link_behind = false;
	path_map_forget(map, NFT_CHAIN_ID);
	for (uint32_t i = 0; i < s->chains; i++) {
		const struct nft_snap_chain *c = nft_snapshot_chain(s, i);

		if (c->hook < NF_INET_NUMHOOKS)
			add_slot(map, names, s, c);
		map->link_behind |=
			is_behind_ip(nft_snapshot_table(s, c->table), c);
	}
}
