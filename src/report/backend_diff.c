// SPDX-License-Identifier: GPL-2.0-or-later
/* backend_diff: where iptables-legacy and nft have rules, which chains only one of them has. */
#include "report/backend_diff.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "journey/journey.h"
#include "place/place.h"

void backend_diff_open(struct backend_diff *b, const struct ruleset *rules)
{
	b->rules = *rules;
	for (unsigned int f = 0; f < FAMILY_COUNT; f++)
		if (!ruleset_count(rules, RULESET_LEGACY,
				   families[f]->nfproto).rules)
			b->rules.legacy[f] = NULL;
}

/* In a table of inet iptables does not look. */
static bool is_alone(const struct ruleset *rules, const struct place *p)
{
	bool nft = p->backend == EVENT_NFT;

	return (nft && p->family == NFPROTO_INET) ||
	       !ruleset_has_chain(rules, nft ? RULESET_LEGACY : RULESET_NFT,
				  p->nfproto, p->table, p->chain, p->chain_len);
}

/* The end of a chain at which nothing happens to the packet is not worth it. */
static bool is_idle(const struct place *p)
{
	return p->at_end && p->effect != EFFECT_DROP;
}

void backend_diff_mark(const struct backend_diff *b,
		       const struct nft_snapshot *nft, struct journey *j)
{
	const struct ruleset now = {
		{ b->rules.legacy[0], b->rules.legacy[1] }, nft,
	};

	if (!now.legacy[family_index_by_nfproto(j->nfproto)] ||
	    !ruleset_count(&now, RULESET_NFT, j->nfproto).rules)
		return;
	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (!is_idle(j->step[i].place))
			j->step[i].one_backend = is_alone(&now, j->step[i].place);
}
