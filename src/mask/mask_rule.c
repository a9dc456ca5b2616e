// SPDX-License-Identifier: GPL-2.0-or-later
/* mask_rule: a rule's text in output for strangers. */
#include "mask/mask_rule.h"

#include <string.h>

#include "base/strbuf.h"
#include "mask/mask.h"
#include "mask/mask_address.h"
#include "mask/mask_name.h"
#include "mask/mask_words.h"

/* Where in a rule's text we are. */
struct reading {
	struct mask *m;
	struct strbuf *to;
	bool named;		/* the next word is a name, whatever it looks like: */
	enum mask_kind kind;	/* ... of this kind */
	enum mask_kind quoted;	/* what stands in quotes here */
	bool code;		/* numbers may be addresses here */
};

static void put_masked(struct reading *r, struct strview s)
{
	for (size_t i = 0; i < s.len; i++) {
		char one[2] = { s.at[i], '\0' };

		strbuf_text(r->to, one);
	}
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(struct strview s)
{
	struct strview rest = s;

	if (!strview_take(&rest, "0x") || !rest.len)
		return false;
	for (size_t i = 0; i < rest.len; i++)
		if (strview_digit(rest.at[i]) < 0)
			return false;
	return true;
}

static bool is_decimal(struct strview s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_digit(s.at[i]))
			return false;
	return s.len > 0;
}

static bool is_punctuation(struct strview s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!strchr(".:/+-*^~%", s.at[i]))
			return false;
	return true;
}

/* "30s", "100", "0x40" and words of the language. */
static bool is_harmless(struct strview s)
{
	size_t digits = 0;

	while (digits < s.len && is_digit(s.at[digits]))
		digits++;
	return is_punctuation(s) || is_decimal(s) || is_hex(s) || mask_words_has(s) ||
	       (digits && mask_words_has(strview_behind(s, digits)));
}

/* "5/min", "1024:65535", "08:00:00": of such pieces, and one of them a number. */
static bool is_composed(struct strview s)
{
	struct strview piece = { s.at, 0 };
	bool number = false;

	for (size_t i = 0; i <= s.len; i++) {
		if (i < s.len && !strchr("/:.+-~^T", s.at[i])) {
			piece.len++;
			continue;
		}
		if (!is_harmless(piece))
			return false;
		number |= piece.len && is_digit(*piece.at);
		piece = (struct strview){ s.at + i + 1, 0 };
	}
	return number;
}

/* "-m", "--dport"; a name that looks like one stands behind a word that says so. */
static bool is_option(struct strview s)
{
	if (s.len < 2 || s.at[0] != '-' || is_digit(s.at[1]))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (s.at[i] != '-' && !is_digit(s.at[i]) &&
		    !((s.at[i] | 0x20) >= 'a' && (s.at[i] | 0x20) <= 'z'))
			return false;
	return true;
}

static void put_name(struct reading *r, enum mask_kind kind, struct strview s)
{
	switch (kind) {
	case MASK_INTERFACE:
		mask_interface(r->m, r->to, s);
		break;
	case MASK_CHAIN:
		if (mask_words_has(s))
			put_masked(r, s);
		else
			mask_chain(r->m, r->to, s);
		break;
	default:
		mask_name(r->m, r->to, kind, s);
	}
}

/* A word may say what stands behind it. */
static void expect(struct reading *r, struct strview word, bool option)
{
	enum mask_kind kind;

	r->code = mask_words_is_code(word) ||
		  (r->code && (is_decimal(word) || is_hex(word)));
	if (!mask_words_kind(word, &kind))
		return;
	r->quoted = kind;
	/* nft has interfaces and comments in quotes. */
	r->named = option || kind == MASK_CHAIN;
	r->kind = kind;
}

static bool is_hidden_number(const struct reading *r, struct strview s)
{
	return r->code && s.len > 4 && (is_decimal(s) || is_hex(s));
}

static void put_word(struct reading *r, struct strview s)
{
	if (r->named && !strview_is(s, "--comment")) {
		r->named = false;
		put_name(r, r->kind, s);
	} else if (*s.at == '@' && s.len > 1 && !mask_words_is_code(s)) {
		strbuf_text(r->to, "@");
		mask_name(r->m, r->to, MASK_SET, strview_behind(s, 1));
	} else if (is_hidden_number(r, s)) {
		mask_name(r->m, r->to, MASK_NAME, s);
	} else if (is_option(s) || mask_words_is_code(s)) {
		put_masked(r, s);
		expect(r, s, true);
		if (*s.at == '@')
			r->named = false;
	} else if (is_harmless(s) || is_composed(s)) {
		put_masked(r, s);
		expect(r, s, false);
	} else {
		mask_name(r->m, r->to, MASK_NAME, s);
	}
}

/* What may follow an address: a port, the end of a range. */
static void put_atom(struct reading *r, struct strview s)
{
	struct strview rest = s;

	if (r->named || !mask_take_address(r->m, r->to, &rest)) {
		put_word(r, s);
		return;
	}
	while (rest.len) {
		size_t n = 1;

		put_masked(r, (struct strview){ rest.at, 1 });
		rest = strview_behind(rest, 1);
		if (mask_take_address(r->m, r->to, &rest))
			continue;
		while (n < rest.len && !strchr(":-/.", rest.at[n]))
			n++;
		n = n < rest.len ? n : rest.len;
		if (n)
			put_word(r, (struct strview){ rest.at, n });
		rest = strview_behind(rest, n);
	}
}

/* What a program writes to know its rules again stays recognizable as that. */
static void put_comment(struct reading *r, struct strview s)
{
	enum mask_kind kind = MASK_COMMENT;

	if (strview_starts(s, "cali:"))
		strbuf_add(r->to, "cali:%016u",
			   mask_number(r->m, &kind, s.at, s.len));
	else
		mask_name(r->m, r->to, MASK_COMMENT, s);
}

/* Quotes included; a backslash takes the next byte with it. */
static void put_quoted(struct reading *r, struct strview *text)
{
	struct strview s = { text->at + 1, 0 };
	enum mask_kind kind = r->named ? r->kind : r->quoted;
	size_t i = 1;

	while (i < text->len && text->at[i] != '"')
		i += text->at[i] == '\\' ? 2 : 1;
	i = i < text->len ? i : text->len;
	s.len = i - 1;
	*text = strview_behind(*text, i < text->len ? i + 1 : i);
	r->named = false;
	strbuf_text(r->to, "\"");
	if (kind == MASK_COMMENT)
		put_comment(r, s);
	else if (s.len)
		put_name(r, kind, s);
	strbuf_text(r->to, "\"");
}

void mask_rule(struct mask *m, struct strbuf *to, struct strview text)
{
	static const char separators[] = " {},;()[]<>=|!&\t\n";
	struct reading r = { .m = m, .to = to, .quoted = MASK_NAME };

	while (text.len) {
		size_t n = 0;

		if (*text.at == '"') {
			put_quoted(&r, &text);
			continue;
		}
		while (n < text.len && text.at[n] != '"' && text.at[n] &&
		       !strchr(separators, text.at[n]))
			n++;
		if (n)
			put_atom(&r, (struct strview){ text.at, n });
		else
			put_masked(&r, (struct strview){ text.at, *text.at ? 1 : 0 });
		text = strview_behind(text, n ? n : 1);
	}
}
