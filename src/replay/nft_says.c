// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_says: what a rule of nft does, read off the words of its line. */
#include "replay/nft_says.h"

#include <string.h>

#include "place/place.h"
#include "replay/nft_line.h"
#include "rules/base/strview.h"
#include "rules/base/target.h"
#include "rules/base/units.h"

static bool has_word(struct strview text, const char *wanted)
{
	struct strview word;

	while (strview_quoted(&text, &word))
		if (strview_is(word, wanted))
			return true;
	return false;
}

/* "OBJECT KEY set VALUE" in a rule; false: it is not there. */
bool nft_says_sets(struct strview text, const char *object, const char *key,
		   struct strview *value)
{
	struct strview w[3] = { { "", 0 }, { "", 0 }, { "", 0 } };

	while (strview_quoted(&text, value)) {
		if (strview_is(w[0], object) && strview_is(w[1], key) &&
		    strview_is(w[2], "set"))
			return true;
		w[0] = w[1];
		w[1] = w[2];
		w[2] = *value;
	}
	return false;
}

static bool turns_tracing_on(struct strview text)
{
	struct strview value;

	return nft_says_sets(text, "meta", "nftrace", &value) && strview_is(value, "1");
}

/* What a rule can change, by its words. */
uint16_t nft_says_does(struct strview text)
{
	static const struct {
		const char *word;
		uint16_t does;
	} words[] = {
		{ "dnat", MANGLE_DST | DOES_NAT },
		{ "redirect", MANGLE_DST | DOES_NAT },
		{ "snat", MANGLE_SRC | DOES_NAT },
		{ "masquerade", MANGLE_SRC | DOES_NAT },
		{ "ttl", MANGLE_TTL }, { "hoplimit", MANGLE_TTL },
		{ "dscp", MANGLE_TOS }, { "ecn", MANGLE_TOS },
		{ "maxseg", MANGLE_OTHER }, { "dup", DOES_CLONED },
		{ "saddr", MANGLE_SRC }, { "daddr", MANGLE_DST },
	};
	bool changes = has_word(text, "set");
	struct strview value;
	uint16_t does = 0;

	if (nft_says_sets(text, "meta", "mark", &value))
		does |= MANGLE_MARK;
	if (turns_tracing_on(text))
		does |= DOES_TRACE_ON;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		bool own = words[i].does & DOES_NAT ||
			   words[i].does & MANGLE_CLONE;

		if ((changes || own) && has_word(text, words[i].word))
			does |= words[i].does;
	}
	return does;
}

/* "-j TARGET" */
uint16_t nft_says_target_does(struct strview text)
{
	struct strview word, before = { "", 0 };
	const struct target *t;
	char name[32];

	while (strview_quoted(&text, &word)) {
		if (strview_is(before, "-j") && word.len < sizeof(name)) {
			memcpy(name, word.at, word.len);
			name[word.len] = '\0';
			t = target_find(name);
			if (t)
				return t->does;
		}
		before = word;
	}
	return 0;
}

uint8_t nft_says_effect(const struct nft_line *l)
{
	static const struct {
		const char *word;
		uint8_t effect;
	} verdicts[] = {
		{ "accept", EFFECT_ACCEPT }, { "stop", EFFECT_ACCEPT },
		{ "drop", EFFECT_DROP }, { "continue", EFFECT_CONTINUE },
		{ "break", EFFECT_CONTINUE }, { "return", EFFECT_RETURN },
		{ "jump", EFFECT_JUMP }, { "goto", EFFECT_GOTO },
		{ "queue", EFFECT_QUEUE }, { "stolen", EFFECT_STEAL },
	};

	if (l->kind == NFT_LINE_RETURN)
		return EFFECT_RETURN;
	if (strview_is(l->verdict, "drop") &&
	    (has_word(l->rest, "reject") ||
	     (l->xtables && has_word(l->rest, "REJECT"))))
		return EFFECT_REJECT;
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (strview_is(l->verdict, verdicts[i].word))
			return verdicts[i].effect;
	return EFFECT_MAYBE;
}

/* "queue num 5", "queue to 5", "queue flags bypass to 5" */
uint16_t nft_says_queue(struct strview text)
{
	struct strview word, before = { "", 0 };
	uint32_t n;

	while (strview_quoted(&text, &word)) {
		if ((strview_is(before, "num") || strview_is(before, "to")) &&
		    strview_number(word, 10, &n) && n <= UINT16_MAX)
			return (uint16_t)n;
		before = word;
	}
	return 0;
}
