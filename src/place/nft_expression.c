// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_expression: where in a rule of nft's words a field, a value or more ends. */
#include "place/nft_expression.h"

#include "place/rule_text.h"

bool nft_expression_braces(struct strview *rest)
{
	static const char *const counts[] = { "limit", "quota", "count" };
	unsigned int depth = 1;
	bool asks = false;
	struct strview word;

	while (depth && strview_quoted(rest, &word)) {
		depth += strview_is(word, "{");
		depth -= word.len && word.at[word.len - 1] == '}';
		asks |= RULE_TEXT_IS_ANY(word, counts);
	}
	return asks;
}

/* What stands in front of a field: the words that it has in all. */
static const struct {
	const char *word;
	uint8_t words;
} field_words[] = {
	{ "meta", 2 }, { "ct", 2 }, { "ip", 2 }, { "ip6", 2 }, { "tcp", 2 },
	{ "udp", 2 }, { "th", 2 }, { "icmp", 2 }, { "icmpv6", 2 },
	{ "ether", 2 }, { "vlan", 2 }, { "arp", 2 }, { "sctp", 2 },
	{ "dccp", 2 }, { "udplite", 2 }, { "igmp", 2 }, { "esp", 2 },
	{ "ah", 2 }, { "comp", 2 }, { "gre", 2 }, { "gretap", 2 },
	{ "vxlan", 2 }, { "geneve", 2 }, { "hbh", 2 }, { "frag", 2 },
	{ "rt", 2 }, { "rt0", 2 }, { "rt2", 2 }, { "rt4", 2 }, { "mh", 2 },
	{ "srh", 2 }, { "dst", 2 }, { "socket", 2 }, { "exthdr", 2 },
	{ "ipsec", 3 }, { "osf", 2 }, { "numgen", 2 }, { "jhash", 1 },
};

static bool is_direction(struct strview word)
{
	return strview_is(word, "original") || strview_is(word, "reply");
}

/* "daddr . iif type" */
static void skip_fib(struct strview *rest)
{
	rule_text_skip(rest, 1);
	while (rule_text_take(rest, "."))
		rule_text_skip(rest, 1);
	rule_text_skip(rest, 1);
}

/* "original saddr", "original ip saddr" */
static void skip_ct(struct strview *rest)
{
	struct strview word;

	if (!strview_quoted(rest, &word) || !is_direction(word))
		return;
	strview_quoted(rest, &word);
	if (strview_is(word, "ip") || strview_is(word, "ip6"))
		rule_text_skip(rest, 1);
}

/* "maxseg size", "sack-perm": of an option what is asked may stand behind it */
static void skip_option(struct strview *rest)
{
	static const char *const parts[] = {
		"kind", "length", "size", "count", "left", "right", "tsval",
		"tsecr", "type", "ptr", "addr", "value",
	};
	struct strview word;

	rule_text_skip(rest, 1);
	if (rule_text_peek(*rest, &word) && RULE_TEXT_IS_ANY(word, parts))
		rule_text_skip(rest, 1);
}

void nft_expression_field(struct strview *rest, struct strview first)
{
	struct strview word;

	if (strview_is(first, "{")) {
		nft_expression_braces(rest);
		return;
	}
	if (strview_is(first, "fib")) {
		skip_fib(rest);
		return;
	}
	if (strview_is(first, "ct")) {
		skip_ct(rest);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(field_words); i++) {
		if (!strview_is(first, field_words[i].word))
			continue;
		if (rule_text_peek(*rest, &word) &&
		    strview_is(word, "option")) {
			rule_text_skip(rest, 1);
			skip_option(rest);
		} else {
			rule_text_skip(rest, field_words[i].words - 1u);
		}
		return;
	}
}

static enum nft_operator operator_of(struct strview word)
{
	static const char *const joins[] = {
		"&", "|", "^", "<<", ">>", ".", "/", "and", "or", "xor", "map",
		"mod", "seed", "offset", "level",
	};
	static const char *const compares[] = {
		"==", "!=", "<", ">", "<=", ">=", "!",
		"eq", "ne", "lt", "gt", "le", "ge",
	};

	if (strview_is(word, "vmap"))
		return NFT_OPERATOR_VMAP;
	if (RULE_TEXT_IS_ANY(word, compares))
		return NFT_OPERATOR_COMPARES;
	return RULE_TEXT_IS_ANY(word, joins) ? NFT_OPERATOR_JOINS
					     : NFT_OPERATOR_NONE;
}

void nft_expression_value(struct strview *rest)
{
	struct strview word;

	/* "ct count over 5" */
	rule_text_take(rest, "over");
	do {
		if (rule_text_take(rest, "{"))
			nft_expression_braces(rest);
		else
			rule_text_skip(rest, 1);
	} while (rule_text_peek(*rest, &word) && operator_of(word) &&
		 strview_quoted(rest, &word));
}

enum nft_operator nft_expression_skip(struct strview *rest,
				      struct strview first)
{
	struct strview word;
	enum nft_operator o;

	nft_expression_field(rest, first);
	if (strview_is(first, "jhash") && strview_quoted(rest, &word))
		nft_expression_field(rest, word);
	while (rule_text_peek(*rest, &word) && (o = operator_of(word))) {
		rule_text_skip(rest, 1);
		if (o != NFT_OPERATOR_JOINS) {
			nft_expression_value(rest);
			return o;
		}
		if (strview_quoted(rest, &word))
			nft_expression_field(rest, word);
	}
	return NFT_OPERATOR_NONE;
}
