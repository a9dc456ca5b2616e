// SPDX-License-Identifier: GPL-2.0-or-later
/* near_ask: which rules a packet that is about to be printed nearly met. */
#include "reader/near_ask.h"

#include "journey/journey.h"
#include "misses/misses.h"
#include "misses/misses_rules.h"
#include "place/place.h"
#include "place/place_nft.h"
#include "reader/ipset_ask.h"
#include "reader/reader_state.h"
#include "reader/set_ask.h"
#include "rules/base/clock.h"
#include "rules/base/family.h"
#include "rules/base/units.h"

enum { NEAR_MS = 100 };	/* at once; see share.h */

/* The tables as they were read last, if they were so when it met them; else NULL. */
static const struct snapshot *legacy_rules_of(const struct reader_state *s,
					      const struct journey *j)
{
	const struct legacy_watch *w = &s->tables;

	if (w->asks != w->answered || w->opened || w->straddles ||
	    j->last_ns <= w->changed_ns || place_index_is_unsure(s->index))
		return NULL;
	return place_index_rules(s->index, family_index_by_nfproto(j->nfproto));
}

/* All its events are of rules that were told of by now. */
static const struct nft_snapshot *nft_rules_of(const struct reader_state *s,
					       const struct journey *j)
{
	return s->nft && j->flags & JOURNEY_NFT &&
	       place_nft_is_as_of(s->nft, j->nft.from) ?
		place_nft_rules(s->nft) : NULL;
}

/*
 * A flood of drops behind thousands of rules is not to keep the reader from its socket:
 * while much comes, a tenth of a CPU goes into this.
 */
static bool may_look(const struct reader_state *s)
{
	return !reader_is_busy(s) || share_left_ns(&s->near_time, NEAR_MS * NS_PER_MS, s->now_ns);
}

static void look(struct reader_state *s, struct journey *j,
		 const struct misses_rules *rules)
{
	uint64_t begin_ns = clock_ns(CLOCK_MONOTONIC);

	misses_find(s->misses, j, rules);
	share_spend(&s->near_time, begin_ns, clock_ns(CLOCK_MONOTONIC));
}

static struct misses *misses_of(struct reader_state *s)
{
	if (!s->misses)
		s->misses = misses_open();
	return s->misses;
}

static void ask_near(struct reader_state *s, struct journey *j)
{
	struct ipset_ask ipsets;
	struct set_ask sets;
	struct misses_rules rules = {
		.index = s->index, .places = s->nft, .names = s->names,
		.sets = &sets.sets, .ipsets = &ipsets.sets,
	};

	set_ask_begin(&sets, s, j);
	ipset_ask_begin(&ipsets, s);
	rules.legacy = legacy_rules_of(s, j);
	rules.nft = nft_rules_of(s, j);
	if ((rules.legacy || rules.nft) && misses_of(s))
		look(s, j, &rules);
}

void near_ask(struct reader_state *s, struct journey *j)
{
	if (misses_can_be(j) && may_look(s))
		ask_near(s, j);
}

/* A recording's packets bring theirs along; of masked addresses nothing can be said. */
void near_read(struct reader_state *s, struct journey *j)
{
	struct misses_rules rules = {
		.legacy = place_index_rules(s->index,
					    family_index_by_nfproto(j->nfproto)),
		.nft = s->listed,
		.index = s->index, .names = s->names,
		.printed = j->flags & JOURNEY_NFT,
	};

	if (misses_can_be(j) && (rules.printed ? !!rules.nft : !!rules.legacy) &&
	    !stats_get(&s->stats->text.masked) &&
	    !place_index_is_unsure(s->index) && misses_of(s))
		misses_find(s->misses, j, &rules);
}
