// SPDX-License-Identifier: GPL-2.0-or-later
/* path_map: which tables and base chains see a packet at each hook, and in which order. */
#include "place/path_map.h"

#include <string.h>

#include "place/nft_names.h"
#include "place/table_order.h"
#include "rules/base/family.h"
#include "rules/base/target.h"
#include "rules/legacy/snapshot.h"

/* Hooks at which a packet can turn up next (Netfilter's packet flow). */
const uint8_t path_next_hooks[NF_INET_NUMHOOKS] = {
	[NF_INET_PRE_ROUTING] = BIT(NF_INET_LOCAL_IN) | BIT(NF_INET_FORWARD),
	[NF_INET_LOCAL_IN] = 0,
	[NF_INET_FORWARD] = BIT(NF_INET_POST_ROUTING),
	[NF_INET_LOCAL_OUT] = BIT(NF_INET_POST_ROUTING),
	/* Loopback, and the copy that multicast sends back to us. */
	[NF_INET_POST_ROUTING] = BIT(NF_INET_PRE_ROUTING),
};

/* linux/netfilter_ipv4.h, enum nf_ip_hook_priorities; v6 has the same. */
static const int32_t table_priority[T_COUNT] = {
	[T_RAW] = -300, [T_MANGLE] = -150, [T_DNAT] = -100, [T_FILTER] = 0,
	[T_SECURITY] = 50, [T_SNAT] = 100,
};

/* Two hops at most: PREROUTING, FORWARD, POSTROUTING. */
static uint8_t hooks_behind(unsigned int hook)
{
	uint8_t hooks = path_next_hooks[hook];

	if (hook == NF_INET_POST_ROUTING)
		return 0;
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (hooks & BIT(h) && h != NF_INET_POST_ROUTING)
			hooks |= path_next_hooks[h];
	return hooks;
}

static void look_behind(struct path_hook hook[NF_INET_NUMHOOKS])
{
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++) {
		hook[h].must_later = hook[h].may_later = false;
		for (unsigned int k = 0; k < NF_INET_NUMHOOKS; k++) {
			if (!(hooks_behind(h) & BIT(k)))
				continue;
			hook[h].must_later |= hook[k].must != 0;
			hook[h].may_later |= hook[k].may != 0;
		}
	}
}

/* Hooks of a table that may drop; nat's part is taken for one that may not. */
static const uint8_t table_hooks[T_COUNT] = {
	[T_RAW] = BIT(NF_INET_PRE_ROUTING) | BIT(NF_INET_LOCAL_OUT),
	[T_MANGLE] = BIT(NF_INET_NUMHOOKS) - 1,
	[T_FILTER] = BIT(NF_INET_LOCAL_IN) | BIT(NF_INET_FORWARD) |
		     BIT(NF_INET_LOCAL_OUT),
	[T_SECURITY] = BIT(NF_INET_LOCAL_IN) | BIT(NF_INET_FORWARD) |
		       BIT(NF_INET_LOCAL_OUT),
};

uint8_t path_map_lacking_behind(const struct path_map *map, unsigned int family,
				unsigned int hook, uint8_t slot)
{
	const struct path_hook *h = &map->hook[family][hook];

	for (uint8_t t = 0; t < T_OTHER; t++) {
		if (!(map->lacking[family] & BIT(t)))
			continue;
		if (table_hooks[t] & hooks_behind(hook))
			return t;
		if (table_hooks[t] & BIT(hook) &&
		    (slot == SLOT_NONE || table_priority[t] > h->priority[slot]))
			return t;
	}
	return T_OTHER;
}

static void sort_out(struct path_hook *h)
{
	for (unsigned int i = 0; i < h->count; i++) {
		h->below[i] = h->upto[i] = 0;
		for (unsigned int k = 0; k < h->count; k++) {
			if (h->priority[k] < h->priority[i])
				h->below[i] |= UINT64_C(1) << k;
			if (h->priority[k] <= h->priority[i])
				h->upto[i] |= UINT64_C(1) << k;
		}
	}
}

uint8_t path_map_slot(const struct path_map *map, unsigned int family,
		      unsigned int hook, uint32_t key)
{
	const struct path_hook *h = &map->hook[family][hook];

	for (uint8_t i = 0; i < h->count; i++)
		if (h->key[i] == key)
			return i;
	return SLOT_NONE;
}

uint8_t path_map_add(struct path_map *map, unsigned int family,
		     unsigned int hook, uint32_t key, int32_t priority,
		     bool nat)
{
	struct path_hook *h = &map->hook[family][hook];
	uint8_t i = path_map_slot(map, family, hook, key);

	if (i == SLOT_NONE) {
		if (h->count == SLOT_MAX) {
			h->overflow = true;
			return SLOT_NONE;
		}
		i = h->count++;
	}
	h->key[i] = key;
	h->priority[i] = priority;
	*(nat ? &h->may : &h->must) |= UINT64_C(1) << i;
	if (key & NFT_CHAIN_ID)
		h->nft |= UINT64_C(1) << i;
	sort_out(h);
	look_behind(map->hook[family]);
	return i;
}

/* With the table it goes at the run's end: as a base chain of nft that is missing. */
uint8_t path_map_add_witness(struct path_map *map, unsigned int family,
			     unsigned int hook, int32_t priority)
{
	uint8_t slot = path_map_add(map, family, hook, WITNESS_KEY, priority,
				    false);

	if (slot == SLOT_NONE)
		return slot;
	map->witness[family][hook] = BIT64(slot);
	map->hook[family][hook].nft |= BIT64(slot);
	return slot;
}

void path_map_excuse(struct path_map *map, unsigned int family,
		     unsigned int hook, uint8_t slot)
{
	map->hook[family][hook].must &= ~(UINT64_C(1) << slot);
	look_behind(map->hook[family]);
}

void path_map_forget(struct path_map *map, uint32_t bit)
{
	for (unsigned int i = 0; i < 2 * NF_INET_NUMHOOKS; i++) {
		struct path_hook *h = &map->hook[i / NF_INET_NUMHOOKS]
						[i % NF_INET_NUMHOOKS];

		for (unsigned int k = 0; k < h->count; k++) {
			if (!(h->key[k] & bit))
				continue;
			h->must &= ~(UINT64_C(1) << k);
			h->may &= ~(UINT64_C(1) << k);
		}
	}
	for (unsigned int f = 0; f < 2; f++)
		look_behind(map->hook[f]);
}

static void add_path_table(struct path_map *map, unsigned int family,
			   const struct snap_table *t)
{
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++) {
		uint8_t key = table_order(t->name, (uint8_t)h);

		if (t->valid_hooks & 1u << h && key != T_OTHER)
			path_map_add(map, family, h, key, table_priority[key],
				     key == T_DNAT || key == T_SNAT);
	}
}

/* Connections that it has taken live on without the rule. */
static void look_for_synproxy(struct path_map *map, const struct snapshot *s)
{
	for (uint32_t i = 0; i < s->targets; i++) {
		const struct target *t = target_find(s->target[i]);

		map->synproxy |= t && t->does & DOES_STEAL;
	}
}

void path_map_fill(struct path_map *map, const struct snapshot *const snaps[])
{
	memset(map, 0, sizeof(*map));
	for (unsigned int f = 0; f < FAMILY_COUNT; f++) {
		for (unsigned int t = 0; snaps[f] && t < snaps[f]->tables; t++)
			add_path_table(map, f, &snaps[f]->table[t]);
		if (snaps[f])
			look_for_synproxy(map, snaps[f]);
	}
}

/* Slots of this family's legacy tables that see packets, by hook. */
static uint64_t legacy_slots(const struct path_hook *h)
{
	uint64_t slots = 0;

	for (unsigned int i = 0; i < h->count; i++)
		if (h->key[i] < T_COUNT)
			slots |= BIT64(i);
	return slots & (h->must | h->may);
}

bool path_map_renew(struct path_map *map, unsigned int family,
		    const struct snapshot *now)
{
	struct path_hook *hook = map->hook[family];
	uint64_t was[NF_INET_NUMHOOKS];
	bool changed = false;

	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++) {
		was[h] = legacy_slots(&hook[h]);
		hook[h].must &= ~was[h];
		hook[h].may &= ~was[h];
	}
	look_behind(hook);
	for (unsigned int t = 0; t < now->tables; t++)
		add_path_table(map, family, &now->table[t]);
	look_for_synproxy(map, now);
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		changed |= was[h] != legacy_slots(&hook[h]);
	map->changes += changed;
	return changed;
}
