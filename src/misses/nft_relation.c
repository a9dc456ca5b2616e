// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_relation: a comparison in a rule of nft's words, read. */
#include "misses/nft_relation.h"

#include <string.h>

#include "misses/asked.h"
#include "misses/nft_constant.h"
#include "misses/nft_draft.h"
#include "misses/nft_fit.h"
#include "place/nft_expression.h"
#include "place/rule_text.h"

static void skip_blanks(struct strview *rest)
{
	while (rest->len && *rest->at == ' ')
		*rest = strview_behind(*rest, 1);
}

static const struct nft_field *first_field(const struct nft_draft *d, const struct nft_term *t)
{
	return d->part[t->part].f;
}

/* "ip saddr . tcp dport" */
static bool read_parts(struct nft_draft *d, struct nft_term *t, struct strview *rest)
{
	struct strview name;

	t->part = d->parts;
	do {
		struct nft_term_part *p = &d->part[d->parts];

		if (t->parts == NFT_PARTS || d->parts == NFT_TERM_PARTS)
			return false;
		p->f = nft_field_find(rest, &name);
		if (!p->f)
			return false;
		p->name = rule_span_at(name, d->begin);
		d->parts++;
		t->parts++;
	} while (rule_text_take(rest, "."));
	return true;
}

/* "0xff", "255.0.0.255", "(fin | syn)" */
static bool read_mask(const struct nft_draft *d, struct nft_term *t, struct strview *rest)
{
	uint8_t type = first_field(d, t)->type;
	struct strview text;
	struct nft_range m;

	skip_blanks(rest);
	if (rest->len && *rest->at == '(') {
		*rest = strview_behind(*rest, 1);
		text = strview_cut(rest, ')');
	} else {
		strview_word(rest, &text);
	}
	t->masked = true;
	if (t->parts != 1 || type == NFT_TYPE_DEVICE || type == NFT_TYPE_ADDR6 ||
	    !nft_constant_read(&m, type, text))
		return false;
	t->mask = m.from.low;
	return true;
}

static uint8_t read_operator(struct strview *rest)
{
	static const struct {
		const char *word;
		uint8_t op;
	} words[] = {
		{ "==", NFT_EQUAL }, { "!=", NFT_DIFFERS },
		{ "<", NFT_BELOW }, { ">", NFT_ABOVE },
		{ "<=", NFT_AT_MOST }, { ">=", NFT_AT_LEAST }, { "!", NFT_NONE_OF },
	};
	struct strview word;

	skip_blanks(rest);
	if (!rest->len || !memchr("=!<>", *rest->at, 4) ||
	    !rule_text_peek(*rest, &word))
		return NFT_IS;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strview_is(word, words[i].word)) {
			rule_text_skip(rest, 1);
			return words[i].op;
		}
	return NFT_IS;
}

/* Behind "syn": "/ fin,syn,rst,ack" */
static bool read_flags_mask(const struct nft_draft *d, struct nft_term *t,
			    struct strview *rest)
{
	if (t->parts != 1 || t->masked || t->op > NFT_DIFFERS ||
	    first_field(d, t)->type != NFT_TYPE_TCP_FLAGS || !rule_text_take(rest, "/"))
		return true;
	if (t->op == NFT_IS)
		t->op = NFT_EQUAL;
	return read_mask(d, t, rest);
}

/* "syn | ack": one constant, of several words; @text: the first, which is taken, too */
static void read_relation_value(struct strview *rest, struct strview *text)
{
	struct strview word = *text;

	*rest = strview_behind(*rest, (size_t)(text->at + text->len - rest->at));
	while (rule_text_take(rest, "|") && strview_quoted(rest, &word))
		text->len = (size_t)(word.at + word.len - text->at);
}

/* Behind "{ ", without what closes it. */
static bool cut_braces(struct strview *rest, struct strview *inside)
{
	bool quoted = false;

	for (size_t i = 0; i < rest->len; i++) {
		if (rest->at[i] == '"')
			quoted = !quoted;
		/* A chain that has no name, of which there are rules in here. */
		if (!quoted && rest->at[i] == '{')
			return false;
		if (quoted || rest->at[i] != '}')
			continue;
		*inside = (struct strview){ rest->at, i };
		*rest = strview_behind(*rest, i + 1);
		return true;
	}
	return false;
}

/* Behind a key there may be more: its verdict, a comment, a counter. */
static struct strview key_of(struct strview element)
{
	size_t i = 0;
	bool quoted = false;

	while (element.len && *element.at == ' ')
		element = strview_behind(element, 1);
	for (; i < element.len; i++) {
		if (element.at[i] == '"')
			quoted = !quoted;
		if (!quoted && i + 1 < element.len && element.at[i] == ' ' &&
		    element.at[i + 1] != '.' && element.at[i + 1] != '|' &&
		    (i < 1 || (element.at[i - 1] != '.' && element.at[i - 1] != '|')))
			break;
	}
	element.len = i;
	while (element.len && element.at[element.len - 1] == ' ')
		element.len--;
	return element;
}

/* "10.0.0.1 . 80": the next part of a key */
static struct strview cut_part(struct strview *key)
{
	struct strview one = *key;

	for (size_t i = 0; i + 2 < key->len; i++) {
		if (memcmp(key->at + i, " . ", 3) != 0)
			continue;
		one.len = i;
		*key = strview_behind(*key, i + 3);
		return one;
	}
	*key = strview_behind(*key, key->len);
	return one;
}

/* Up to a comma, or the end, of which none is in quotes. */
static struct strview cut_element(struct strview *rest)
{
	struct strview one = { rest->at, 0 };
	bool quoted = false;

	for (; one.len < rest->len; one.len++) {
		if (rest->at[one.len] == '"')
			quoted = !quoted;
		else if (rest->at[one.len] == ',' && !quoted)
			break;
	}
	*rest = strview_behind(*rest, one.len + (one.len < rest->len));
	return one;
}

static void take(struct nft_draft *d, struct nft_term *t, unsigned int part,
		 struct strview text)
{
	struct nft_constant *c = nft_draft_constant(d);

	if (!c)
		return;
	nft_constant_take(c, d->part[t->part + part].f->type, text, d->begin);
	t->constants++;
}

/* "*" of a map stands for a key of any number of parts; of a stranger's nothing may stand there. */
static bool is_whole(const struct nft_term *t, struct strview key)
{
	for (unsigned int i = 1; i < t->parts; i++)
		cut_part(&key);
	return key.len > 0;
}

/* "22, 80-90", "10.0.0.1 . 80, 10.0.0.2 . 443" */
static void take_elements(struct nft_draft *d, struct nft_term *t, struct strview inside)
{
	while (inside.len && !d->lacks) {
		struct strview key = key_of(cut_element(&inside));

		if (!is_whole(t, key)) {
			t->lacks = true;
			continue;
		}
		for (unsigned int i = 0; i < t->parts; i++)
			take(d, t, i, t->parts == 1 ? key : cut_part(&key));
	}
}

/* What a rule compares with.  Return: false: it is not understood. */
static bool read_right(struct nft_draft *d, struct nft_term *t, struct strview *rest)
{
	static const char *const others[] = {
		"map", "|", "^", "<<", ">>", "and", "or", "xor",
	};
	struct strview text;

	if (!rule_text_peek(*rest, &text) ||
	    (text.len <= 3 && RULE_TEXT_IS_ANY(text, others)))
		return false;
	/* A map has a verdict for what it holds, and the rule ends with the rest. */
	if (rule_text_take(rest, "vmap") && !rule_text_peek(*rest, &text))
		return false;
	t->constant = d->constants;
	if (*text.at == '@') {
		rule_text_skip(rest, 1);
		t->right = NFT_RIGHT_NAMED;
		t->set = rule_span_at(strview_behind(text, 1), d->begin);
		return t->op <= NFT_DIFFERS;
	}
	if (rule_text_take(rest, "{")) {
		t->right = NFT_RIGHT_SET;
		if (!cut_braces(rest, &text) || t->op > NFT_DIFFERS)
			return false;
		take_elements(d, t, text);
		return true;
	}
	read_relation_value(rest, &text);
	if (t->parts == 1)
		take(d, t, 0, text);
	return read_flags_mask(d, t, rest);
}

/* Conntrack may say one of several things: each of them is tried. */
static void try_states(const struct nft_draft *d, struct nft_term *t)
{
	struct nft_relation r;

	for (unsigned int i = 0; i < CONNTRACK_STATES; i++) {
		if (!(ASKED_ALL_STATES & 1u << i))
			continue;
		nft_relation_begin(&r, t, d->part, d->begin);
		r.part[0].known = true;
		r.part[0].value.low = nft_field_state(1u << i);
		r.part[0].value.low &= r.masked ? r.mask : UINT64_MAX;
		switch (nft_fit_unnamed(&r, t, d->constant)) {
		case NFT_FIT_YES:
			t->would |= (uint8_t)(1u << i);
			break;
		case NFT_FIT_UNKNOWN:
			t->perhaps |= (uint8_t)(1u << i);
			break;
		case NFT_FIT_NO:
			break;
		}
	}
}

/* Behind "meta mark": "set 0x1", which is no comparison */
static bool read_set(const struct nft_draft *d, struct nft_term *t, struct strview *rest)
{
	struct strview word;

	if (!rule_text_take(rest, "set"))
		return false;
	t->kind = NFT_TERM_WRITES;
	for (unsigned int i = 0; i < t->parts; i++)
		t->written |= 1u << d->part[t->part + i].f->asked;
	if (strview_quoted(rest, &word))
		nft_expression_skip(rest, word);
	return true;
}

/* Is it a comparison of one field with numbers, or names of devices? */
static bool is_plain(const struct nft_draft *d, const struct nft_term *t)
{
	const struct nft_field *f = first_field(d, t);

	if (t->parts != 1 || t->right == NFT_RIGHT_NAMED || t->lacks || !t->constants ||
	    t->op > NFT_DIFFERS || f->type == NFT_TYPE_CT_STATUS ||
	    (f->type == NFT_TYPE_TCP_FLAGS && t->op == NFT_IS))
		return false;
	/* Of one that there is not, see fit_constant(). */
	if (f->type == NFT_TYPE_DEVICE && t->op == NFT_DIFFERS)
		return false;
	for (uint32_t i = 0; i < t->constants; i++)
		if (!d->constant[t->constant + i].known)
			return false;
	return true;
}

static bool read_term(struct nft_draft *d, struct nft_term *t, struct strview *rest)
{
	if (!read_parts(d, t, rest))
		return false;
	if (read_set(d, t, rest))
		return true;
	if (rule_text_take(rest, "&") && !read_mask(d, t, rest))
		return false;
	t->op = read_operator(rest);
	if (!read_right(d, t, rest))
		return false;
	if (t->right == NFT_RIGHT_NAMED)
		t->perhaps = ASKED_ALL_STATES;
	else if (t->parts == 1 && first_field(d, t)->asked == ASKED_STATE && !d->lacks)
		try_states(d, t);
	t->plain = is_plain(d, t) ? first_field(d, t) : NULL;
	return true;
}

bool nft_relation_read(struct nft_draft *d, struct strview *rest)
{
	const uint32_t parts = d->parts, constants = d->constants;
	struct nft_term t = { .kind = NFT_TERM_COMPARES }, *to;
	struct strview left = *rest, words;

	skip_blanks(&left);
	words = left;
	if (!read_term(d, &t, &left)) {
		d->parts = parts;
		d->constants = constants;
		return false;
	}
	words.len = (size_t)(left.at - words.at);
	*rest = left;
	to = nft_draft_add(d, NFT_TERM_COMPARES, words);
	if (to->kind == NFT_TERM_UNREAD)
		return true;
	t.words = to->words;
	*to = t;
	return true;
}
