// SPDX-License-Identifier: GPL-2.0-or-later
/* rule_pieces: a rule's text, piece by piece: its own words, boilerplate, comments. */
#include "report/rule_pieces.h"

#include <ctype.h>
#include <string.h>

bool rule_pieces_is_hash(struct strview s)
{
	if (s.len && *s.at == '"')
		s = (struct strview){ s.at + 1, s.len - 2 };
	if (s.len != 21 || !strview_take(&s, "cali:"))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!isalnum((unsigned char)s.at[i]) && s.at[i] != '_' &&
		    s.at[i] != '-')
			return false;
	return true;
}

/* In @text the word that comes next. */
static struct strview peek(struct strview text)
{
	struct strview word;

	strview_quoted(&text, &word);
	return word;
}

static bool is_same(struct strview a, struct strview b)
{
	return a.len && a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

/* Words of boilerplate that begin with @word, and itself; 0: it is the rule's own. */
static unsigned int plain_words(const struct rule_pieces *r, struct strview word)
{
	struct strview next = peek(r->rest);

	if (r->xtables)
		return strview_is(word, "-m") && is_same(r->proto, next) ? 2 : 0;
	if (!strview_is(word, "counter"))
		return 0;
	if (strview_is(next, "packets"))
		return 5;
	return strview_is(next, "name") ? 0 : 1;
}

static bool opens_comment(const struct rule_pieces *r, struct strview word)
{
	struct strview next = peek(r->rest);

	if (r->xtables)
		return strview_is(word, "--comment");
	return strview_is(word, "comment") && next.len && *next.at == '"';
}

void rule_pieces_begin(struct rule_pieces *r, struct strview text, bool xtables)
{
	*r = (struct rule_pieces){ .rest = text, .before = { "", 0 },
				   .proto = { "", 0 }, .xtables = xtables };
}

bool rule_pieces_next(struct rule_pieces *r, struct strview *piece,
		      enum rule_piece *kind)
{
	struct strview word;
	unsigned int plain;

	if (!strview_quoted(&r->rest, piece))
		return false;
	if (r->xtables && strview_is(*piece, "-m") &&
	    strview_is(peek(r->rest), "comment")) {
		strview_quoted(&r->rest, &word);
		return rule_pieces_next(r, piece, kind);
	}
	if (opens_comment(r, *piece)) {
		*kind = PIECE_COMMENT;
		if (!strview_quoted(&r->rest, piece))
			return false;
		if (rule_pieces_is_hash(*piece))
			*kind = PIECE_HASH;
		return true;
	}
	plain = plain_words(r, *piece);
	*kind = plain ? PIECE_PLAIN : PIECE_WORD;
	while (plain-- > 1 && strview_quoted(&r->rest, &word))
		piece->len = (size_t)(word.at + word.len - piece->at);
	if (*kind != PIECE_WORD)
		return true;
	if (strview_is(r->before, "-p"))
		r->proto = *piece;
	r->before = *piece;
	return true;
}
