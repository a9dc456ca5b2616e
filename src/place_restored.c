// SPDX-License-Identifier: GPL-2.0-or-later
/* place_restored: places that a file names, without the rules that made them. */
#include "place_restored.h"

#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "path_map.h"
#include "place_types.h"
#include "prefix.h"
#include "snapshot.h"
#include "nft_snapshot.h"
#include "table_order.h"

static const char NFT_HEAD[] = "TRACE: nft ";

static uint8_t hook_of_chain(const char *name, size_t len)
{
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (strlen(snapshot_hook_name(h)) == len &&
		    memcmp(snapshot_hook_name(h), name, len) == 0)
			return (uint8_t)h;
	return 0xff;
}

/* One block of memory for both names: the chain's owns it. */
static bool name_chain(struct place *p, const char *table, size_t table_len,
		       const char *chain, size_t chain_len)
{
	char *both = malloc(table_len + chain_len + 2);

	if (!both)
		return false;
	memcpy(both, chain, chain_len);
	both[chain_len] = '\0';
	memcpy(both + chain_len + 1, table, table_len);
	both[chain_len + 1 + table_len] = '\0';
	p->chain = both;
	p->chain_len = (uint32_t)chain_len;
	p->table = both + chain_len + 1;
	return true;
}

/* What a prefix alone tells; @rule is owned by the node. */
static bool describe_restored(struct place *p, const struct prefix *parts)
{
	const char *table = table_order_name(parts->table, parts->table_len);

	if (!table)
		return false;
	if (!name_chain(p, parts->table, parts->table_len, parts->chain,
			parts->chain_len))
		return false;
	p->table = table;
	/* No snapshot: a number that stands for the chain. */
	p->chain_index = (uint32_t)prefix_hash(p->nfproto, parts->table,
					       (size_t)(parts->chain +
							parts->chain_len -
							parts->table)) & INT32_MAX;
	p->number = p->last = parts->number;
	p->at_end = true;
	p->target_chain = SNAP_NONE;
	p->kind = parts->kind;
	p->hook = hook_of_chain(parts->chain, parts->chain_len);
	p->order = table_order(table, p->hook);
	p->station = STATION_NONE;
	p->effect = EFFECT_UNKNOWN;
	p->target = "";
	return true;
}

static bool nft_family(const char *word, size_t len, uint8_t *family)
{
	static const uint8_t all[] = { NFPROTO_IPV4, NFPROTO_IPV6,
				       NFPROTO_INET };

	for (size_t i = 0; i < sizeof(all); i++) {
		const char *name = nft_snapshot_family(all[i]);

		*family = all[i];
		if (strlen(name) == len && memcmp(name, word, len) == 0)
			return true;
	}
	return false;
}

/* "TRACE: nft FAMILY TABLE:CHAIN:KIND", ":HANDLE" behind it for a rule */
static bool describe_nft(struct place *p)
{
	const char *at = p->prefix + sizeof(NFT_HEAD) - 1;
	const char *end = p->prefix + p->prefix_len;
	const char *blank = memchr(at, ' ', (size_t)(end - at));
	const char *table, *chain, *kind = end, *last;
	uint8_t which;

	if (!blank || !nft_family(at, (size_t)(blank - at), &p->family))
		return false;
	table = blank + 1;
	last = prefix_colon(table, end);
	if (!last)
		return false;
	if (!prefix_kind(last + 1, (size_t)(end - last - 1), &which)) {
		p->handle = strtoull(last + 1, NULL, 10);
		kind = last;
		last = prefix_colon(table, kind);
		if (!last || !prefix_kind(last + 1, (size_t)(kind - last - 1),
					&which))
			return false;
	}
	chain = memchr(table, ':', (size_t)(last - table));
	if (!chain)
		return false;
	p->backend = EVENT_NFT;
	p->kind = which;
	p->hook = 0xff;
	p->order = T_OTHER;
	p->station = STATION_NONE;
	p->target_chain = SNAP_NONE;
	p->effect = EFFECT_UNKNOWN;
	p->target = "";
	return name_chain(p, table, (size_t)(chain - table), chain + 1,
			  (size_t)(last - chain - 1));
}

static bool is_nft(const struct place *p)
{
	return p->prefix_len > sizeof(NFT_HEAD) - 1 &&
	       memcmp(p->prefix, NFT_HEAD, sizeof(NFT_HEAD) - 1) == 0;
}

bool place_describe_restored(struct place *p)
{
	struct prefix parts;

	if (is_nft(p))
		return describe_nft(p);
	return prefix_split(p->prefix, p->prefix_len, &parts) &&
	       describe_restored(p, &parts);
}
