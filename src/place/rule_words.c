// SPDX-License-Identifier: GPL-2.0-or-later
/* rule_words: a rule's text, in iptables' or nft's words, taken apart. */
#include "place/rule_words.h"

#include <string.h>

#include "place/nft_expression.h"
#include "place/rule_text.h"
#include "rules/base/target.h"

static bool read_number(struct strview word, uint32_t *n)
{
	return strview_number(word, strview_starts(word, "0x") ? 16 : 10, n);
}

/* "0x1/0xff", "0x1" */
static uint32_t mask_of(struct strview word)
{
	uint32_t mask;

	strview_cut(&word, '/');
	return word.len && read_number(word, &mask) ? mask : UINT32_MAX;
}

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
} verdicts[] = {
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

/* "ACCEPT", "MARK", "cali-FORWARD": what is no target is a chain. */
static uint8_t effect_of_target(struct strview name)
{
	static const struct {
		const char *word;
		uint8_t effect;
	} standard[] = {
		{ "ACCEPT", EFFECT_ACCEPT }, { "DROP", EFFECT_DROP },
		{ "QUEUE", EFFECT_QUEUE }, { "RETURN", EFFECT_RETURN },
	};
	const struct target *t;
	char text[32];

	for (size_t i = 0; i < ARRAY_SIZE(standard); i++)
		if (strview_is(name, standard[i].word))
			return standard[i].effect;
	if (name.len >= sizeof(text))
		return EFFECT_JUMP;
	memcpy(text, name.at, name.len);
	text[name.len] = '\0';
	t = target_find(text);
	return t ? (uint8_t)t->effect : EFFECT_JUMP;
}

/* Behind "-m MODULE": a comment, or what the module asks for. */
static void read_module(struct rule_words *w, struct strview *rest,
			struct strview *module)
{
	strview_quoted(rest, module);
	if (!strview_is(*module, "comment")) {
		w->condition = true;
		return;
	}
	if (rule_text_take(rest, "--comment"))
		strview_quoted(rest, &w->comment);
}

/* Behind "-A CHAIN". */
static void read_iptables(struct rule_words *w, struct strview rest)
{
	struct strview word, module = { "", 0 };

	w->effect = EFFECT_CONTINUE;
	while (strview_quoted(&rest, &word)) {
		if (strview_is(word, "-m")) {
			read_module(w, &rest, &module);
		} else if (strview_is(word, "-c")) {
			rule_text_skip(&rest, 2);
		} else if (strview_is(word, "-j") || strview_is(word, "-g")) {
			strview_quoted(&rest, &w->target);
			w->effect = word.at[1] == 'g' ? EFFECT_GOTO :
				effect_of_target(w->target);
			return;
		} else {
			w->condition = true;
			if (strview_is(word, "--mark") &&
			    strview_is(module, "mark") &&
			    rule_text_peek(rest, &word))
				w->mark |= mask_of(word);
		}
	}
}

/* The packet's mark, and of it "& 0xff" at most. */
static uint32_t asked_mark(struct strview rest, struct strview first)
{
	struct strview word;
	uint32_t mask;

	if (strview_is(first, "meta"))
		strview_quoted(&rest, &first);
	if (!strview_is(first, "mark"))
		return 0;
	if ((rule_text_take(&rest, "&") || rule_text_take(&rest, "and")) &&
	    strview_quoted(&rest, &word) && read_number(word, &mask))
		return mask;
	return UINT32_MAX;
}

/* "tcp dport 80", "meta mark & 0xff == 0x1"; or "meta mark set 0x1" */
static void read_field(struct rule_words *w, struct strview *rest,
		       struct strview first)
{
	uint32_t mark = asked_mark(*rest, first);
	struct strview field = *rest, word;

	nft_expression_field(&field, first);
	if (rule_text_take(&field, "set")) {
		*rest = field;
		if (strview_quoted(rest, &word))
			nft_expression_skip(rest, word);
		return;
	}
	w->condition = true;
	w->mark |= mark;
	switch (nft_expression_skip(rest, first)) {
	case NFT_OPERATOR_VMAP:
		w->effect = EFFECT_MAYBE;
		break;
	case NFT_OPERATOR_COMPARES:
		break;
	default:
		nft_expression_value(rest);
	}
}

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

	while (i < ARRAY_SIZE(verdicts) && !strview_is(word, verdicts[i].word))
		i++;
	if (i == ARRAY_SIZE(verdicts))
		return -1;
	w->effect = verdicts[i].effect;
	w->target = word;
	switch (verdicts[i].behind) {
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
	return verdicts[i].behind == BEHIND_ENDS;
}

static bool read_statement(struct rule_words *w, struct strview *rest,
			   struct strview word)
{
	for (size_t i = 0; i < ARRAY_SIZE(statements); i++) {
		if (!strview_is(word, statements[i].word))
			continue;
		statements[i].read(w, rest);
		return true;
	}
	return false;
}

/* Behind a verdict, and its options, there may be a comment. */
static void find_comment(struct rule_words *w, struct strview rest)
{
	struct strview word;

	while (strview_quoted(&rest, &word))
		if (strview_is(word, "comment"))
			read_comment(w, &rest);
}

static void read_nft(struct rule_words *w, struct strview rest)
{
	struct strview word;

	w->effect = EFFECT_CONTINUE;
	while (strview_quoted(&rest, &word)) {
		int end = read_statement(w, &rest, word) ? false :
			  read_verdict(w, &rest, word);

		if (end < 0)
			read_field(w, &rest, word);
		if (end > 0) {
			find_comment(w, rest);
			return;
		}
	}
}

/* "FORWARD ACCEPT" */
static void read_policy(struct rule_words *w, struct strview rest)
{
	rule_text_skip(&rest, 1);
	strview_quoted(&rest, &w->target);
	w->effect = effect_of_target(w->target);
}

/* "type filter hook forward priority filter; policy accept;" */
static void read_nft_policy(struct rule_words *w, struct strview rest)
{
	struct strview word;

	while (strview_quoted(&rest, &word))
		if (strview_is(word, "policy") && strview_quoted(&rest, &word))
			read_verdict(w, &rest, strview_cut(&word, ';'));
}

void rule_words_read(struct rule_words *w, struct strview text)
{
	memset(w, 0, sizeof(*w));
	w->effect = EFFECT_UNKNOWN;
	if (!text.len)
		return;
	if (strview_take(&text, "-A ")) {
		rule_text_skip(&text, 1);
		read_iptables(w, text);
	} else if (strview_take(&text, "-P ")) {
		read_policy(w, text);
	} else if (strview_starts(text, "type ")) {
		read_nft_policy(w, text);
	} else {
		read_nft(w, text);
	}
}
