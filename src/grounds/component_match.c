// SPDX-License-Identifier: GPL-2.0-or-later
/* component_match: patterns of names, and what a rule's text has beside its conditions. */
#include "grounds/component_match.h"

#include <string.h>

#include "rules/base/units.h"

/* Where @n bytes of @word are in @text, at @from or behind; SIZE_MAX: nowhere. */
static size_t find(struct strview text, size_t from, const char *word, size_t n)
{
	const char *at = from > text.len ? NULL :
		memmem(text.at + from, text.len - from, word, n);

	return at ? (size_t)(at - text.at) : SIZE_MAX;
}

/* The same at its end. */
static size_t find_end(struct strview text, size_t from, const char *word,
		       size_t n)
{
	if (text.len < from + n ||
	    memcmp(text.at + text.len - n, word, n) != 0)
		return SIZE_MAX;
	return text.len - n;
}

static bool take(struct strview *text, const char *word, size_t n)
{
	if (text->len < n || memcmp(text->at, word, n) != 0)
		return false;
	*text = strview_behind(*text, n);
	return true;
}

/* Up to a blank. */
static bool skip_word(struct strview *text)
{
	const char *blank = memchr(text->at, ' ', text->len);
	size_t n = blank ? (size_t)(blank - text->at) : text->len;

	*text = strview_behind(*text, n);
	return n > 0;
}

static bool is_wild(char c)
{
	return c == '*' || c == '~' || c == '+';
}

/* Bytes in front of the next one that stands for others. */
static size_t literal(const char *p)
{
	size_t n = 0;

	while (p[n] && !is_wild(p[n]))
		n++;
	return n;
}

/* The same, if @text begins with them; SIZE_MAX: it does not. */
static size_t beginning(const char *p, struct strview text)
{
	size_t n = 0;

	for (; p[n] && !is_wild(p[n]); n++)
		if (n == text.len || text.at[n] != p[n])
			return SIZE_MAX;
	return n;
}

bool pattern_fits(const char *p, struct strview text,
		  struct pattern_pieces *pieces)
{
	size_t n = beginning(p, text);

	if (n == SIZE_MAX)
		return false;
	text = strview_behind(text, n);
	while (*(p += n)) {
		bool keep = *p == '*';
		size_t at;

		if (*p == '+' && !skip_word(&text))
			return false;
		if (*p++ == '+') {
			n = literal(p);
			if (!take(&text, p, n))
				return false;
			continue;
		}
		n = literal(p);
		at = p[n] ? find(text, keep, p, n) : find_end(text, keep, p, n);
		if (at == SIZE_MAX)
			return false;
		if (keep && pieces->count < PATTERN_PIECES)
			pieces->at[pieces->count++] = (struct strview){ text.at, at };
		text = strview_behind(text, at + n);
	}
	return !text.len;
}

/* Without quotes and backslashes; one that is too long is cut. */
static struct strview unquoted(struct strview word, char *room, size_t size)
{
	size_t n = 0;

	if (word.len < 2 || *word.at != '"')
		return word;
	word = (struct strview){ word.at + 1, word.len - 2 };
	if (!memchr(word.at, '\\', word.len))
		return word;
	for (size_t i = 0; i < word.len && n < size; i++) {
		if (word.at[i] == '\\' && i + 1 < word.len)
			i++;
		room[n++] = word.at[i];
	}
	return (struct strview){ room, n };
}

bool rule_comment(struct strview *rest, struct strview *comment, char *room,
		  size_t size)
{
	static const char word[] = "comment ";
	struct strview quoted;
	size_t at;

	while ((at = find(*rest, 0, word, sizeof(word) - 1)) != SIZE_MAX) {
		bool option = at >= 2 && memcmp(rest->at + at - 2, "--", 2) == 0;

		*rest = strview_behind(*rest, at + sizeof(word) - 1);
		/* "-m comment --comment ..." has two of these. */
		if (strview_starts(*rest, "--comment") && !option)
			continue;
		if (!strview_quoted(rest, &quoted) ||
		    (!option && *quoted.at != '"'))
			continue;
		*comment = unquoted(quoted, room, size);
		return true;
	}
	return false;
}

/* Behind the last @option of the text, or its first word. */
static bool behind_last(struct strview text, const char *option,
			struct strview *word)
{
	size_t n = strlen(option), at = text.len;

	while (at-- > 0) {
		struct strview rest = strview_behind(text, at);

		if (rest.len <= n || memcmp(rest.at, option, n) != 0 ||
		    (at && text.at[at - 1] != ' '))
			continue;
		rest = strview_behind(rest, n);
		return strview_word(&rest, word);
	}
	return false;
}

struct strview rule_calls(struct strview text)
{
	static const char *const xtables[] = { "-j ", "-g " };
	static const char *const nft[] = { "jump ", "goto " };
	const char *const *options = strview_starts(text, "-A ") ? xtables : nft;
	struct strview word;

	for (unsigned int i = 0; i < ARRAY_SIZE(xtables); i++)
		if (behind_last(text, options[i], &word))
			return word;
	return (struct strview){ text.at, 0 };
}
