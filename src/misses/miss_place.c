// SPDX-License-Identifier: GPL-2.0-or-later
/* miss_place: a rule that no event named, as a place. */
#include "misses/miss_place.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "base/format.h"
#include "capture/event_nft.h"
#include "misses/misses_rules.h"
#include "misses/rulebook.h"
#include "place/path_map.h"
#include "place/place.h"
#include "place/place_nft.h"
#include "place/place_restored.h"
#include "place/table_order.h"
#include "rules/base/family.h"
#include "rules/base/target.h"
#include "rules/legacy/snapshot.h"
#include "rules/nft/snapshot.h"

/* "TRACE: filter:FORWARD:rule:7 " */
static const struct place *of_legacy(const struct rulebook *b,
				     uint32_t chain, uint32_t number,
				     const struct misses_rules *rules,
				     uint8_t nfproto)
{
	char prefix[160];
	size_t len = format_text(prefix, sizeof(prefix), "TRACE: %s:%s:rule:%u ",
				 b->legacy->table[b->table].name,
				 rulebook_name(b, chain), number);

	return len + 1 < sizeof(prefix) ?
		place_find(rules->index, nfproto, prefix, len) : NULL;
}

static int32_t verdict_of(uint8_t effect)
{
	switch (effect) {
	case EFFECT_ACCEPT:
		return NF_ACCEPT;
	case EFFECT_RETURN:
		return NFT_RETURN;
	case EFFECT_JUMP:
		return NFT_JUMP;
	case EFFECT_GOTO:
		return NFT_GOTO;
	}
	return NFT_CONTINUE;
}

static struct event_name name_of(const char *text)
{
	return (struct event_name){ text, (uint32_t)strlen(text) };
}

static const struct place *of_nft(const struct rulebook *b,
				  uint32_t chain, uint32_t number,
				  const struct misses_rules *rules,
				  uint8_t nfproto)
{
	const struct nft_snap_table *t = nft_snapshot_table(b->nft, b->table);
	struct rulebook_rule rule;
	struct event_nft n = {
		.family = t->nfproto, .type = NFT_TRACETYPE_RULE,
		.table = name_of(nft_snapshot_text(b->nft, t->name)),
		.chain = name_of(rulebook_name(b, chain)),
		.jump = { "", 0 },
		.id = UINT32_MAX,	/* of no packet that was seen at inet's ingress */
	};
	struct event e = {
		.backend = EVENT_NFT, .nfproto = nfproto,
		.hook = EVENT_NO_HOOK, .nft = &n,
	};
	const struct place *at;

	rulebook_rule(b, chain, number, &rule);
	n.handle = rule.handle;
	n.verdict = verdict_of(rule.effect);
	if (rule.effect == EFFECT_JUMP || rule.effect == EFFECT_GOTO)
		n.jump = name_of(rulebook_name(b, rule.to));
	at = rules->places ? place_nft_find(rules->places, &e) : NULL;
	return at && at->state == PLACE_KNOWN && at->rule_len == rule.text.len ?
		at : NULL;
}

/* "TRACE: nft inet fw:forward:rule:handle 7" */
static const struct place *of_list(const struct rulebook *b,
				   uint32_t chain, uint32_t number,
				   const struct misses_rules *rules,
				   uint8_t nfproto)
{
	const struct nft_snap_table *t = nft_snapshot_table(b->nft, b->table);
	struct place_told told = {
		.hook = NOT_A_HOOK, .slot = SLOT_NONE, .order = T_OTHER,
		.target_chain = SNAP_NONE,
	};
	struct place_known known = {
		.told = &told, .position = number, .nfproto = nfproto,
	};
	struct rulebook_rule rule;
	char prefix[1024];

	rulebook_rule(b, chain, number, &rule);
	told.effect = rule.effect;
	known.rule = rule.text.at;
	known.rule_len = rule.text.len;
	known.prefix = prefix;
	known.prefix_len = format_text(
		prefix, sizeof(prefix), "TRACE: nft %s %s:%s:rule:handle %llu",
		nft_snapshot_family(t->nfproto),
		nft_snapshot_text(b->nft, t->name), rulebook_name(b, chain),
		(unsigned long long)rule.handle);
	return known.prefix_len + 1 < sizeof(prefix) ?
		place_restore(rules->index, &known) : NULL;
}

const struct place *miss_place(const struct rulebook *b, uint32_t chain,
			       uint32_t number,
			       const struct misses_rules *rules, uint8_t nfproto)
{
	if (b->nft && !rules->places)
		return of_list(b, chain, number, rules, nfproto);
	return b->nft ? of_nft(b, chain, number, rules, nfproto) :
			of_legacy(b, chain, number, rules, nfproto);
}
