// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_conditions: a rule in nft's own words, held against a packet. */
#include "misses/nft_conditions.h"

#include "misses/condition.h"
#include "misses/nft_relation.h"
#include "place/nft_expression.h"
#include "place/nft_statement.h"
#include "place/rule_text.h"
#include "place/rule_words_types.h"
#include "rules/nft/snapshot.h"

/* Further ones of a rule of which so many failed are of no use to anybody. */
enum { ENOUGH = 2 };

/* What is asked for, and nothing here tells: a word of its own, or the first of several. */
static bool may_change(struct strview first)
{
	static const char *const words[] = {
		"add", "jhash", "limit", "numgen", "quota", "update",
	};

	return RULE_TEXT_IS_ANY(first, words);
}

static struct strview up_to(struct strview words, const struct strview *rest)
{
	words.len = (size_t)(rest->at - words.at);
	return words;
}

static void add_unknown(struct nft_reading *rd, struct strview words,
			struct strview first)
{
	struct condition *c = conditions_add(rd->out, CONDITION_UNKNOWN,
					     ASKED_OTHER, words);

	if (c)
		c->changes = may_change(first);
}

/* "ct helper \"ftp\"", "tcp dport vmap @m", "meta mark | 0x1 == 0x3", "ct zone set 1" */
static void read_unknown(struct nft_reading *rd, struct strview *rest,
			 struct strview first)
{
	struct strview field = *rest, word;

	nft_expression_field(&field, first);
	if (rule_text_take(&field, "set")) {
		*rest = field;
		if (strview_quoted(rest, &word))
			nft_expression_skip(rest, word);
		rd->written = UINT32_MAX;
		return;
	}
	if (nft_expression_skip(rest, first) < NFT_OPERATOR_COMPARES)
		nft_expression_value(rest);
	add_unknown(rd, up_to(first, rest), first);
}

/* Return: false: nothing more is asked behind it. */
static bool read_other(struct nft_reading *rd, struct strview *rest)
{
	struct rule_words w = { .condition = false };
	struct strview first;

	if (!strview_quoted(rest, &first))
		return false;
	/* An extension of xtables, in its own words. */
	if (*first.at == '-') {
		rd->out->unread = true;
		return false;
	}
	switch (nft_statement_read(&w, rest, first)) {
	case NFT_STATEMENT_NONE:
		read_unknown(rd, rest, first);
		return true;
	case NFT_STATEMENT_GOES_ON:
		/* A set that is full takes no more, and the rule ends there. */
		if (w.condition || may_change(first))
			add_unknown(rd, up_to(first, rest), first);
		return true;
	case NFT_STATEMENT_ENDS:
		break;
	}
	return false;
}

void nft_conditions_read(struct conditions *out, struct strview text,
			 const struct asked *a)
{
	struct nft_reading rd = { .out = out, .a = a };

	out->n = 0;
	out->unread = !text.len;
	while (rd.failed < ENOUGH && !out->unread)
		if (!nft_relation_read(&rd, &text) && !read_other(&rd, &text))
			return;
}

void nft_conditions(struct conditions *out, const struct nft_snapshot *s,
		    const struct nft_snap_rule *r, const struct asked *a)
{
	struct strview text = { nft_snapshot_text(s, r->text), r->len };

	nft_conditions_read(out, text, a);
}
