// SPDX-License-Identifier: GPL-2.0-or-later
/* backend_diff: where iptables-legacy and nft have rules, which chains only one of them has. */
#include "report/backend_diff.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "capture/event.h"
#include "journey/journey.h"
#include "place/place.h"
#include "rules/legacy/snapshot.h"
#include "rules/nft/snapshot.h"

static bool has_rules(const struct snapshot *s)
{
	uint32_t rules = 0, own = 0;

	for (unsigned int t = 0; t < s->tables; t++)
		rules += s->table[t].rules;
	for (uint32_t i = 0; i < s->chains; i++)
		own += snapshot_chain(s, i)->own_before;
	return rules > own;
}

void backend_diff_open(struct backend_diff *b,
		       const struct snapshot *const snaps[])
{
	for (unsigned int f = 0; f < FAMILY_COUNT; f++)
		b->legacy[f] = snaps[f] && has_rules(snaps[f]) ? snaps[f]
								: NULL;
}

static bool nft_has_rules(const struct nft_snapshot *s, uint8_t nfproto)
{
	for (uint32_t i = 0; i < s->tables; i++) {
		const struct nft_snap_table *t = nft_snapshot_table(s, i);

		if (t->rules && !(t->flags & NFT_SNAP_NFTRACE) &&
		    (t->nfproto == nfproto || t->nfproto == NFPROTO_INET))
			return true;
	}
	return false;
}

static bool in_nft(const struct nft_snapshot *s, const struct place *p)
{
	uint32_t t = nft_snapshot_find_table(s, p->nfproto, p->table,
					     strlen(p->table));

	return t != NFT_SNAP_NONE &&
	       nft_snapshot_find_chain(s, t, p->chain, p->chain_len) !=
	       NFT_SNAP_NONE;
}

/* In a table of inet iptables does not look. */
static bool in_legacy(const struct snapshot *s, const struct place *p)
{
	int t = p->family == NFPROTO_INET ? -1 :
		snapshot_table(s, p->table, strlen(p->table));

	return t >= 0 && snapshot_find_chain(s, (unsigned int)t, p->chain,
					     p->chain_len) != SNAP_NONE;
}

/* The end of a chain at which nothing happens to the packet is not worth it. */
static bool is_idle(const struct place *p)
{
	return p->at_end && p->effect != EFFECT_DROP;
}

void backend_diff_mark(const struct backend_diff *b,
		       const struct nft_snapshot *nft, struct journey *j)
{
	const struct snapshot *legacy =
		b->legacy[family_index_by_nfproto(j->nfproto)];

	if (!legacy || !nft_has_rules(nft, j->nfproto))
		return;
	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct place *p = j->step[i].place;

		if (!is_idle(p))
			j->step[i].alone = p->backend == EVENT_NFT ?
				!in_legacy(legacy, p) : !in_nft(nft, p);
	}
}
