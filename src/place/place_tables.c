// SPDX-License-Identifier: GPL-2.0-or-later
/* place_tables: what is known of the tables in which a place is, beside its own rule. */
#include "place/place_tables.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "capture/event.h"
#include "place/nft_names.h"
#include "place/place_types.h"
#include "place/table_order.h"
#include "rules/legacy/snapshot.h"

bool place_of_iptables(const struct place *at)
{
	return at->backend != EVENT_NFT ||
	       ((at->family == NFPROTO_IPV4 || at->family == NFPROTO_IPV6) &&
		table_order_name(at->table, strlen(at->table)));
}

bool place_knows_tables(const struct place *at)
{
	return at->snap;
}

/* SNAP_NONE: there is none, or nobody knows. */
static uint32_t find_chain(const struct place *at, const char *table,
			   struct strview chain)
{
	int i = at->snap ? snapshot_table(at->snap, table, strlen(table)) : -1;

	return i < 0 ? SNAP_NONE :
		snapshot_find_chain(at->snap, (unsigned int)i, chain.at,
				    chain.len);
}

bool place_has_chain(const struct place *at, const char *table,
		     struct strview chain)
{
	return find_chain(at, table, chain) != SNAP_NONE;
}

static struct strview first_of_nft(const struct place *at)
{
	const struct nft_chain_name *c = nft_names_of(at->chain);

	return (struct strview){ c->first ? c->first : "", c->first_len };
}

struct strview place_first_rule(const struct place *at)
{
	const struct strview chain = { at->chain, at->chain_len };
	uint32_t i = find_chain(at, at->table, chain);
	const struct snap_chain *c;
	const struct snap_rule *r;

	if (at->backend == EVENT_NFT)
		return first_of_nft(at);
	if (i == SNAP_NONE)
		return (struct strview){ "", 0 };
	c = snapshot_chain(at->snap, i);
	if (!c->count)
		return (struct strview){ "", 0 };
	r = snapshot_rule(at->snap, c->first);
	return (struct strview){ snapshot_text(at->snap, r->text), r->len };
}
