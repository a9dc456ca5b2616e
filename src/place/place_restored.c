// SPDX-License-Identifier: GPL-2.0-or-later
/* place_restored: places that a file names, without the rules that made them. */
#include "place/place_restored.h"

#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "place/ct_rule.h"
#include "place/nft_names.h"
#include "place/path_map.h"
#include "place/place_index.h"
#include "place/place_says.h"
#include "place/place_types.h"
#include "place/prefix.h"
#include "place/table_order.h"
#include "rules/base/family.h"
#include "rules/legacy/snapshot.h"
#include "rules/nft/snapshot.h"

enum { RESTORED_MAX = 1 << 17 };

static const char NFT_HEAD[] = "TRACE: nft ";

static uint8_t hook_of_chain(const char *name, size_t len)
{
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (strlen(snapshot_hook_name(h)) == len &&
		    memcmp(snapshot_hook_name(h), name, len) == 0)
			return (uint8_t)h;
	return NOT_A_HOOK;
}

static bool name_chain(struct place *p, struct nft_names *names,
		       const char *chain, size_t len)
{
	const struct nft_chain_name *c = !p->table ? NULL :
		nft_names_chain(names, p->table, chain, (uint32_t)len);

	if (!c)
		return false;
	p->chain = c->name;
	p->chain_len = c->len;
	p->chain_index = c->id;
	return true;
}

static bool describe_restored(struct place *p, struct nft_names *names,
			      const struct prefix *parts)
{
	p->table = table_order_name(parts->table, parts->table_len);
	if (p->queue || p->handle || p->position ||
	    !name_chain(p, names, parts->chain, parts->chain_len))
		return false;
	/* No snapshot: a number that stands for the chain. */
	p->chain_index = (uint32_t)prefix_hash(p->nfproto, parts->table,
					       (size_t)(parts->chain +
							parts->chain_len -
							parts->table)) & INT32_MAX;
	/* The kernel's number of a time when the run's own rules were gone. */
	p->number = parts->number <= p->own_before ?
		parts->number + p->own_before : parts->number;
	p->last = p->number;
	p->at_end = true;
	p->target_chain = SNAP_NONE;
	p->kind = parts->kind;
	p->hook = hook_of_chain(parts->chain, parts->chain_len);
	p->order = table_order(p->table, p->hook);
	p->slot = SLOT_NONE;
	p->effect = EFFECT_UNKNOWN;
	p->target = "";
	return true;
}

static bool nft_family(const char *word, size_t len, uint8_t *family)
{
	static const uint8_t all[] = { NFPROTO_IPV4, NFPROTO_IPV6, NFPROTO_INET,
				       NFPROTO_BRIDGE, NFPROTO_NETDEV };

	for (size_t i = 0; i < sizeof(all); i++) {
		const char *name = nft_snapshot_family(all[i]);

		*family = all[i];
		if (strlen(name) == len && memcmp(name, word, len) == 0)
			return true;
	}
	return false;
}

/* As the kernel counts them: from 1, and written without zeros in front. */
static bool take_handle(const char *at, const char *end, uint64_t *handle)
{
	uint64_t n = 0;

	if (at == end || *at == '0')
		return false;
	for (; at < end; at++) {
		if (*at < '0' || *at > '9' ||
		    __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*at - '0'), &n))
			return false;
	}
	*handle = n;
	return true;
}

/* Is a table of this family one that such packets meet? */
static bool family_fits(const struct place *p)
{
	return p->family == NFPROTO_INET || p->family == p->nfproto ||
	       nft_snapshot_is_link(p->family);
}

/*
 * What stands behind a rule's kind: its position, if its handle is known besides;
 * or "handle N".  Of a file of before the number alone is the handle.
 */
static bool take_id(struct place *p, const char *at, const char *end)
{
	static const char word[] = "handle ";
	uint64_t n;

	if ((size_t)(end - at) > sizeof(word) - 1 &&
	    memcmp(at, word, sizeof(word) - 1) == 0)
		return !p->handle &&
		       take_handle(at + sizeof(word) - 1, end, &p->handle);
	if (!take_handle(at, end, &n))
		return false;
	p->counted = p->handle;
	if (!p->counted) {
		p->handle = n;
		return true;
	}
	p->position = (uint32_t)n;
	return n <= UINT32_MAX;
}

/* "TRACE: nft FAMILY TABLE:CHAIN:KIND", ":" and what take_id() takes behind it for a rule */
static bool describe_nft(struct place *p, struct nft_names *names)
{
	const char *at = p->prefix + sizeof(NFT_HEAD) - 1;
	const char *end = p->prefix + p->prefix_len;
	const char *blank = memchr(at, ' ', (size_t)(end - at));
	const char *table, *chain, *kind = end, *last;
	uint8_t which;

	if (!blank || !nft_family(at, (size_t)(blank - at), &p->family) ||
	    !family_fits(p) || p->own_before || (p->handle && p->position))
		return false;
	table = blank + 1;
	last = prefix_colon(table, end);
	if (!last)
		return false;
	if (!prefix_kind(last + 1, (size_t)(end - last - 1), &which)) {
		kind = last;
		last = prefix_colon(table, kind);
		if (!take_id(p, kind + 1, end) || !last ||
		    !prefix_kind(last + 1, (size_t)(kind - last - 1), &which))
			return false;
	} else if (p->handle || p->position) {
		return false;
	}
	chain = memchr(table, ':', (size_t)(last - table));
	if (!chain || chain == table || chain + 1 == last)
		return false;
	p->backend = EVENT_NFT;
	p->kind = which;
	p->hook = NOT_A_HOOK;
	p->order = T_OTHER;
	p->slot = SLOT_NONE;
	p->target_chain = SNAP_NONE;
	p->effect = EFFECT_UNKNOWN;
	p->target = "";
	p->table = nft_names_table(names, p->family, table,
				   (uint32_t)(chain - table));
	return name_chain(p, names, chain + 1, (size_t)(last - chain - 1));
}

static bool is_nft(const struct place *p)
{
	return p->prefix_len > sizeof(NFT_HEAD) - 1 &&
	       memcmp(p->prefix, NFT_HEAD, sizeof(NFT_HEAD) - 1) == 0;
}

bool place_describe_restored(struct place *p, struct nft_names *names)
{
	struct prefix parts;

	/* No name has one, and to some who print it a text ends there. */
	if (memchr(p->prefix, '\0', p->prefix_len) ||
	    memchr(p->rule, '\0', p->rule_len))
		return false;
	if (is_nft(p))
		return describe_nft(p, names);
	return prefix_split(p->prefix, p->prefix_len, &parts) &&
	       describe_restored(p, names, &parts);
}

static bool add_restored(struct place_index *idx, struct place_node *n)
{
	if (!place_adopt(idx, &n->place))
		return false;
	n->next = idx->bucket[n->hash % PLACE_BUCKETS];
	idx->bucket[n->hash % PLACE_BUCKETS] = n;
	return true;
}

/* Terminated, but a NUL inside is a byte as any other. */
static char *copy_bytes(const char *bytes, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

/* Of one rule a map can give several verdicts. */
static bool is_told(const struct place *p, const struct place_told *t)
{
	return p->effect == t->effect && p->target_chain == t->target_chain &&
	       p->hook == t->hook;
}

static void take_told(struct place *p, const struct place_told *t)
{
	p->effect = t->effect;
	p->hook = t->hook;
	p->slot = t->slot;
	p->order = t->order;
	p->at_end = t->at_end;
	p->nat = t->nat;
	p->own = p->hidden = t->own;
	p->mangles = t->does & MANGLE_ALL;
	p->traces = t->does & DOES_TRACE_ON;
	p->target_chain = t->target_chain;
}

static bool is_restored(const struct place *p, const struct place_known *k)
{
	return !p->snap && (!k->told || is_told(p, k->told)) && p->nfproto == k->nfproto &&
	       p->own_before == k->own_before && p->doubt == k->doubt &&
	       p->queue == k->queue &&
	       k->handle == (p->counted ? p->handle : 0) &&
	       k->position == (p->counted ? 0 : p->position) &&
	       p->prefix_len == k->prefix_len && p->rule_len == k->rule_len &&
	       memcmp(p->prefix, k->prefix, k->prefix_len) == 0 &&
	       memcmp(p->rule, k->rule, k->rule_len) == 0;
}

static const struct place *make_restored(struct place_index *idx,
					 struct place_node *n,
					 const struct place_told *told)
{
	struct place *p = &n->place;

	if (p->prefix && p->rule &&
	    place_describe_restored(p, &idx->names) &&
	    place_build_line(p, &n->texts) && add_restored(idx, n)) {
		if (told)
			take_told(p, told);
		return p;
	}
	place_node_free(n);
	return NULL;
}

const struct place *place_restore(struct place_index *idx,
				  const struct place_known *k)
{
	uint64_t hash = prefix_hash(k->nfproto, k->prefix, k->prefix_len) +
			k->own_before;
	struct place_node *n;

	for (n = idx->bucket[hash % PLACE_BUCKETS]; n; n = n->next)
		if (n->hash == hash && is_restored(&n->place, k))
			return &n->place;
	n = idx->count < RESTORED_MAX ? calloc(1, sizeof(*n)) : NULL;
	if (!n)
		return NULL;
	n->hash = hash;
	n->place.nfproto = k->nfproto;
	n->place.own_before = k->own_before;
	n->place.doubt = k->doubt;
	n->place.queue = k->queue;
	n->place.handle = k->handle;
	n->place.position = k->position;
	n->place.prefix = n->texts.prefix = copy_bytes(k->prefix, k->prefix_len);
	n->place.prefix_len = (uint32_t)k->prefix_len;
	n->place.rule = n->texts.rule = copy_bytes(k->rule, k->rule_len);
	n->place.rule_len = (uint32_t)k->rule_len;
	n->place.ct = ct_rule_read(k->rule, k->rule_len,
				   k->told ? k->told->effect : EFFECT_UNKNOWN, "");
	if (n->place.rule)
		place_read_words(&n->place);
	return make_restored(idx, n, k->told);
}

uint32_t place_chain_id(struct place_index *idx, uint8_t family,
			const char *table, size_t table_len, const char *chain,
			size_t chain_len)
{
	const char *t = nft_names_table(&idx->names, family, table,
					(uint32_t)table_len);
	const struct nft_chain_name *c = !t ? NULL :
		nft_names_chain(&idx->names, t, chain, (uint32_t)chain_len);

	return c ? c->id : SNAP_NONE;
}
