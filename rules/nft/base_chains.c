// SPDX-License-Identifier: GPL-2.0-or-later
/* base_chains: at which hooks of IP nft's base chains are, without their rules. */
#include "rules/nft/base_chains.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdbool.h>
#include <string.h>

#include <libnftnl/chain.h>
#include <libnftnl/table.h>
#include <linux/netfilter/nf_tables.h>

#include "rules/base/owner.h"
#include "rules/nft/dump.h"

/* By family and hook. */
struct count {
	unsigned int at[FAMILY_COUNT][NF_INET_NUMHOOKS];
};

static const struct nftnl_table *table_of(const struct nft_dump *d,
					  const struct nftnl_chain *c)
{
	const char *name = nftnl_chain_get_str(c, NFTNL_CHAIN_TABLE);
	uint32_t family = nftnl_chain_get_u32(c, NFTNL_CHAIN_FAMILY);

	for (uint32_t i = 0; i < d->tables.count; i++) {
		const struct nftnl_table *t = d->tables.item[i];

		if (nftnl_table_get_u32(t, NFTNL_TABLE_FAMILY) == family &&
		    strcmp(nftnl_table_get_str(t, NFTNL_TABLE_NAME), name) == 0)
			return t;
	}
	return NULL;
}

/* A table that came meanwhile, one that sleeps, and nftrace's are left out. */
static bool counts(const struct nftnl_table *t)
{
	struct owner run;

	return t && !(nftnl_table_get_u32(t, NFTNL_TABLE_FLAGS) &
		      NFT_TABLE_F_DORMANT) &&
	       !owner_parse_name(&run, nftnl_table_get_str(t, NFTNL_TABLE_NAME));
}

static void note(struct nft_base_chains *b, const char *type, uint32_t hook,
		 unsigned int count)
{
	const uint8_t bit = (uint8_t)(1u << hook);

	if (strcmp(type, "nat") == 0)
		b->nat |= bit;
	else
		b->filter |= bit;
	if (strcmp(type, "route") == 0)
		b->route |= bit;
	if (count > b->most)
		b->most = count;
}

static void add(struct nft_base_chains found[FAMILY_COUNT], struct count *n,
		const struct nft_dump *d, const struct nftnl_chain *c)
{
	uint32_t family, hook;

	if (!nftnl_chain_is_set(c, NFTNL_CHAIN_HOOKNUM))
		return;
	hook = nftnl_chain_get_u32(c, NFTNL_CHAIN_HOOKNUM);
	family = nftnl_chain_get_u32(c, NFTNL_CHAIN_FAMILY);
	/* Ingress of inet lies behind them. */
	if (hook >= NF_INET_NUMHOOKS || !counts(table_of(d, c)))
		return;
	for (unsigned int f = 0; f < FAMILY_COUNT; f++)
		if (family == NFPROTO_INET || family == families[f]->nfproto)
			note(&found[f], nftnl_chain_get_str(c, NFTNL_CHAIN_TYPE),
			     hook, ++n->at[f][hook]);
}

int nft_base_chains_find(struct nft_base_chains found[FAMILY_COUNT])
{
	struct count n = { 0 };
	struct nft_dump d;
	int err = nft_dump_chains(&d);

	memset(found, 0, FAMILY_COUNT * sizeof(*found));
	for (uint32_t i = 0; i < d.chains.count; i++)
		add(found, &n, &d, d.chains.item[i]);
	nft_dump_release(&d);
	return err;
}
