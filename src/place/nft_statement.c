// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_statement: what a rule of nft's words does, and what of that asks as well. */
#include "place/nft_statement.h"

#include <string.h>

#include "place/effect_of_target.h"
#include "place/nft_expression.h"
#include "place/rule_text.h"
#include "place/rule_words_types.h"
#include "rules/base/target.h"

/* What stands behind a verdict of nft. */
enum behind {
	BEHIND_ENDS,		/* nothing that asks, or does anything more */
	BEHIND_CHAIN,		/* where to, and then nothing */
	BEHIND_GOES_ON,		/* more statements */
	BEHIND_TO,		/* "ip to ADDRESS device NAME", and more statements */
	BEHIND_FLOW,		/* "add @NAME", and more statements */
};

/* Verdicts of nft, and statements that divert a packet. */
static const struct {
	const char *word;
	uint8_t effect;
	uint8_t behind;		/* enum behind */
} verdict_words[] = {
	{ "accept", EFFECT_ACCEPT, BEHIND_ENDS },
	{ "drop", EFFECT_DROP, BEHIND_ENDS },
	{ "return", EFFECT_RETURN, BEHIND_ENDS },
	{ "continue", EFFECT_CONTINUE, BEHIND_ENDS },
	{ "jump", EFFECT_JUMP, BEHIND_CHAIN },
	{ "goto", EFFECT_GOTO, BEHIND_CHAIN },
	{ "reject", EFFECT_REJECT, BEHIND_ENDS },
	{ "queue", EFFECT_QUEUE, BEHIND_ENDS },
	{ "dnat", EFFECT_ACCEPT, BEHIND_ENDS },
	{ "snat", EFFECT_ACCEPT, BEHIND_ENDS },
	{ "masquerade", EFFECT_ACCEPT, BEHIND_ENDS },
	{ "redirect", EFFECT_ACCEPT, BEHIND_ENDS },
	{ "synproxy", EFFECT_STEAL, BEHIND_ENDS },
	{ "tproxy", EFFECT_CONTINUE, BEHIND_TO },
	{ "dup", EFFECT_CONTINUE, BEHIND_TO },
	{ "fwd", EFFECT_STEAL, BEHIND_TO },
	{ "flow", EFFECT_CONTINUE, BEHIND_FLOW },
	{ "notrack", EFFECT_CONTINUE, BEHIND_GOES_ON },
};

/* "packets 1 bytes 60", "name \"x\"" */
static void read_counter(struct rule_words *w, struct strview *rest)
{
	(void)w;
	if (rule_text_take(rest, "packets"))
		rule_text_skip(rest, 3);
	else if (rule_text_take(rest, "name"))
		rule_text_skip(rest, 1);
}

static void read_log(struct rule_words *w, struct strview *rest)
{
	static const char *const options[] = {
		"prefix", "group", "snaplen", "queue-threshold", "level",
	};
	struct strview word;

	(void)w;
	while (rule_text_peek(*rest, &word)) {
		if (RULE_TEXT_IS_ANY(word, options)) {
			rule_text_skip(rest, 2);
		} else if (rule_text_take(rest, "flags")) {
			strview_quoted(rest, &word);
			rule_text_skip(rest, strview_is(word, "tcp") ||
				   strview_is(word, "ip"));
		} else {
			return;
		}
	}
}

/* "last used never", "last used 1h2m" */
static void read_last(struct rule_words *w, struct strview *rest)
{
	(void)w;
	if (rule_text_take(rest, "used"))
		rule_text_skip(rest, 1);
}

static void read_comment(struct rule_words *w, struct strview *rest)
{
	strview_quoted(rest, &w->comment);
}

/* "@s { ip saddr limit rate over 1/second }" */
static void read_update(struct rule_words *w, struct strview *rest)
{
	struct strview word;

	rule_text_skip(rest, 1);
	if (strview_quoted(rest, &word) && strview_is(word, "{"))
		w->condition |= nft_expression_braces(rest);
}

/* "tcp option timestamp" */
static void read_reset(struct rule_words *w, struct strview *rest)
{
	(void)w;
	rule_text_skip(rest, 3);
}

static void read_limit(struct rule_words *w, struct strview *rest)
{
	static const char *const words[] = { "rate", "over", "until" };
	static const char *const options[] = { "name", "used", "burst" };
	struct strview word;

	w->condition = true;
	/* "rate over 10/second burst 5 packets", "name \"x\"", "over 10 mbytes" */
	while (rule_text_peek(*rest, &word)) {
		if (RULE_TEXT_IS_ANY(word, words)) {
			rule_text_skip(rest, 1);
			continue;
		}
		if (RULE_TEXT_IS_ANY(word, options)) {
			rule_text_skip(rest, 2);
			continue;
		}
		if (word.len && ((word.at[0] >= '0' && word.at[0] <= '9') ||
				 memchr(word.at, '/', word.len) ||
				 word.at[word.len - 1] == 's')) {
			rule_text_skip(rest, 1);
			continue;
		}
		return;
	}
}

/* What an extension of xtables is called, where nft cannot say it better. */
static void read_xt(struct rule_words *w, struct strview *rest)
{
	struct strview kind, name;

	if (!strview_quoted(rest, &kind) || !strview_quoted(rest, &name))
		return;
	if (strview_is(kind, "match")) {
		w->condition |= !strview_is(name, "\"comment\"");
		return;
	}
	if (name.len >= 2 && *name.at == '"')
		name = (struct strview){ name.at + 1, name.len - 2 };
	w->target = name;
	w->effect = effect_of_target(name);
}

static const struct {
	const char *word;
	void (*read)(struct rule_words *w, struct strview *rest);
} statements[] = {
	{ "counter", read_counter },
	{ "log", read_log },
	{ "last", read_last },
	{ "comment", read_comment },
	{ "add", read_update },
	{ "update", read_update },
	{ "delete", read_update },
	{ "reset", read_reset },
	{ "limit", read_limit },
	{ "quota", read_limit },
	{ "xt", read_xt },
};

/* "ip to 10.0.0.1:80", "to 10.0.0.2 device \"eth1\"" */
static void skip_to(struct strview *rest)
{
	struct strview word;

	if (!rule_text_take(rest, "ip"))
		rule_text_take(rest, "ip6");
	while (rule_text_take(rest, "to") || rule_text_take(rest, "device"))
		if (strview_quoted(rest, &word))
			nft_expression_skip(rest, word);
}

/* Return: is the rule at its end?  -1: that is no verdict. */
static int read_verdict(struct rule_words *w, struct strview *rest,
			struct strview word)
{
	size_t i = 0;

	while (i < ARRAY_SIZE(verdict_words) && !strview_is(word, verdict_words[i].word))
		i++;
	if (i == ARRAY_SIZE(verdict_words))
		return -1;
	w->effect = verdict_words[i].effect;
	w->target = word;
	switch (verdict_words[i].behind) {
	case BEHIND_CHAIN:
		strview_quoted(rest, &w->target);
		return true;
	case BEHIND_TO:
		skip_to(rest);
		return false;
	case BEHIND_FLOW:
		rule_text_skip(rest, 2);
		return false;
	}
	return verdict_words[i].behind == BEHIND_ENDS;
}

enum nft_statement nft_statement_read(struct rule_words *w, struct strview *rest,
				      struct strview word)
{
	int end;

	for (size_t i = 0; i < ARRAY_SIZE(statements); i++) {
		if (!strview_is(word, statements[i].word))
			continue;
		statements[i].read(w, rest);
		return NFT_STATEMENT_GOES_ON;
	}
	end = read_verdict(w, rest, word);
	return end < 0 ? NFT_STATEMENT_NONE : end ? NFT_STATEMENT_ENDS
						  : NFT_STATEMENT_GOES_ON;
}
