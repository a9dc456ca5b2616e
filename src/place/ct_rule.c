// SPDX-License-Identifier: GPL-2.0-or-later
/* ct_rule: what a rule that a packet has met says of its connection, by the rule's text. */
#include "place/ct_rule.h"

#include <stdbool.h>
#include <string.h>

#include "capture/conntrack.h"
#include "rules/base/target.h"
#include "rules/base/strview.h"
#include "rules/base/units.h"

/* "RELATED,ESTABLISHED"; 0: one of them is no state, but SNAT, a variable ... */
static uint8_t read_list(struct strview list)
{
	uint8_t states = 0;

	while (list.len) {
		struct strview word = strview_cut(&list, ',');
		enum conntrack_state s = conntrack_state_find(word.at, word.len);

		if (s == CONNTRACK_UNTOLD)
			return 0;
		states |= (uint8_t)(1 << s);
	}
	return states;
}

/* What became of the packet at the rule. */
struct outcome {
	const char *verdict;	/* nft's word; NULL: nobody knows */
	const char *chain;	/* "jump", "goto": where to */
};

/* The verdict of one element, "drop" or "jump CHAIN", is it this one? */
static bool is_outcome(const struct outcome *o, struct strview *rest)
{
	struct strview word, chain;

	if (!strview_quoted(rest, &word))
		return false;
	/* Behind all but the last element there is a comma. */
	if (!strview_is(word, "jump") && !strview_is(word, "goto"))
		return strview_is(strview_cut(&word, ','), o->verdict);
	return strview_quoted(rest, &chain) && strview_is(word, o->verdict) &&
	       strview_is(strview_cut(&chain, ','), o->chain);
}

/* "{ invalid : drop, new : jump CHAIN }": the states that lead there */
static uint8_t read_map(struct strview *rest, const struct outcome *o)
{
	struct strview word, colon;
	uint8_t states = 0, state;

	if (!o->verdict || !strview_quoted(rest, &word) || !strview_is(word, "{"))
		return 0;
	while (strview_quoted(rest, &word) && !strview_is(word, "}")) {
		state = read_list(word);
		if (!state || !strview_quoted(rest, &colon) ||
		    !strview_is(colon, ":"))
			return 0;
		states |= is_outcome(o, rest) ? state : 0;
	}
	return states;
}

/* "invalid", "!= new", "established,related", "{ established, related }", "vmap { ... }" */
static uint8_t read_ct_nft(struct strview *rest, const struct outcome *o)
{
	struct strview word;
	bool inverted = false;
	uint8_t states = 0, more;

	if (!strview_quoted(rest, &word))
		return 0;
	if (strview_is(word, "vmap"))
		return read_map(rest, o);
	inverted = strview_is(word, "!=");
	if (inverted && !strview_quoted(rest, &word))
		return 0;
	if (!strview_is(word, "{")) {
		states = read_list(word);
	} else {
		while (strview_quoted(rest, &word) && !strview_is(word, "}")) {
			more = read_list(word);
			if (!more)
				return 0;
			states |= more;
		}
	}
	return states && inverted ? CT_RULE_STATES & ~states : states;
}

static uint8_t read_ct_iptables(struct strview *rest, bool inverted)
{
	struct strview word;
	uint8_t states = strview_quoted(rest, &word) ? read_list(word) : 0;

	return states && inverted ? CT_RULE_STATES & ~states : states;
}

static bool may_ask(const char *text, size_t len)
{
	static const char *const words[] = {
		"state ", "CONNMARK", "ct mark", "notrack", "NOTRACK",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (memmem(text, len, words[i], strlen(words[i])))
			return true;
	return false;
}

static bool asks(struct strview word, struct strview before)
{
	return strview_is(word, "--ctstate") || strview_is(word, "--state") ||
	       (strview_is(before, "ct") && strview_is(word, "state"));
}

/* What a word does that asks for nothing; names may be the same words. */
static uint8_t read_other(struct strview rest, struct strview word,
			  struct strview before)
{
	bool target = strview_is(before, "-j");

	if ((target && strview_is(word, "CONNMARK") &&
	     !strview_starts(rest, " --restore-mark")) ||
	    (strview_is(before, "ct") && strview_is(word, "mark") &&
	     strview_starts(rest, " set ")))
		return CT_RULE_SETS_MARK;
	if ((target && strview_is(word, "NOTRACK")) ||
	    (strview_is(before, "CT") && strview_is(word, "--notrack")))
		return CT_RULE_UNTRACKS;
	/* nft's: a statement, and nothing that is called so. */
	return strview_is(word, "notrack") && !strview_starts(before, "-") &&
	       !strview_is(before, "jump") && !strview_is(before, "goto") ?
		CT_RULE_UNTRACKS : 0;
}

uint8_t ct_rule_read(const char *text, size_t len, uint8_t effect,
		     const char *chain)
{
	static const char *const verdicts[] = {
		[EFFECT_CONTINUE] = "continue", [EFFECT_JUMP] = "jump",
		[EFFECT_GOTO] = "goto", [EFFECT_RETURN] = "return",
		[EFFECT_ACCEPT] = "accept", [EFFECT_DROP] = "drop",
	};
	const struct outcome o = {
		effect < ARRAY_SIZE(verdicts) ? verdicts[effect] : NULL, chain,
	};
	struct strview rest = { text, len }, word, before = { "", 0 };
	uint8_t states = CT_RULE_STATES, said = 0;

	if (!may_ask(text, len))
		return 0;
	while (strview_quoted(&rest, &word)) {
		uint8_t more = 0;

		if (strview_is(word, "--comment") ||
		    (strview_is(word, "comment") && !strview_is(before, "-m"))) {
			strview_quoted(&rest, &word);
			word.len = 0;
		} else if (asks(word, before)) {
			said |= CT_RULE_ASKS;
			more = *word.at == '-' ?
				read_ct_iptables(&rest, strview_is(before, "!")) :
				read_ct_nft(&rest, &o);
		} else {
			said |= read_other(rest, word, before);
		}
		states &= more ? more : CT_RULE_STATES;
		before = word;
	}
	return said | (states == CT_RULE_STATES ? 0 : states);
}
