// SPDX-License-Identifier: GPL-2.0-or-later
/* strview: a piece of text that is not terminated, and what can be read off it. */
#include "rules/base/strview.h"

#include <arpa/inet.h>
#include <string.h>

bool strview_is(struct strview s, const char *word)
{
	/* Asked for dozens of words, of which most differ at once. */
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] != word[i] || !word[i])
			return false;
	return word[s.len] == '\0';
}

/* Bytes that both begin with.  Words are short, and most differ at once. */
static inline size_t common(struct strview s, const char *word)
{
	size_t n = 0;

	while (word[n] && n < s.len && s.at[n] == word[n])
		n++;
	return n;
}

bool strview_starts(struct strview s, const char *with)
{
	return !with[common(s, with)];
}

struct strview strview_behind(struct strview s, size_t n)
{
	return (struct strview){ s.at + n, s.len - n };
}

size_t strview_find(struct strview s, const char *what)
{
	size_t len = strlen(what);
	struct strview rest = s;

	while (rest.len >= len) {
		const char *at = memchr(rest.at, *what, rest.len - len + 1);

		if (!at)
			break;
		rest = strview_behind(rest, (size_t)(at - rest.at));
		if (strview_starts(rest, what))
			return (size_t)(at - s.at);
		rest = strview_behind(rest, 1);
	}
	return s.len;
}

struct strview strview_cut(struct strview *rest, char end)
{
	const char *at = rest->len ? memchr(rest->at, end, rest->len) : NULL;
	struct strview s = { rest->at,
			     at ? (size_t)(at - rest->at) : rest->len };

	*rest = strview_behind(*rest, s.len + (at ? 1 : 0));
	return s;
}

bool strview_take_whole(struct strview *s, const char *key)
{
	size_t n = common(*s, key);

	if (key[n])
		return false;
	*s = strview_behind(*s, n);
	return true;
}

bool strview_word(struct strview *rest, struct strview *word)
{
	const char *at = rest->at, *end = at + rest->len, *begin;

	while (at < end && *at == ' ')
		at++;
	for (begin = at; at < end && *at != ' '; at++)
		;
	*word = (struct strview){ begin, (size_t)(at - begin) };
	*rest = (struct strview){ at, (size_t)(end - at) };
	return word->len > 0;
}

bool strview_quoted(struct strview *rest, struct strview *word)
{
	bool quoted = false;
	size_t i = 0;

	while (rest->len && *rest->at == ' ')
		*rest = strview_behind(*rest, 1);
	/* Most words have no quotes. */
	while (i < rest->len && rest->at[i] != ' ' && rest->at[i] != '"')
		i++;
	for (; i < rest->len && (quoted || rest->at[i] != ' '); i++) {
		if (rest->at[i] == '"')
			quoted = !quoted;
		else if (rest->at[i] == '\\' && quoted && i + 1 < rest->len)
			i++;
	}
	*word = (struct strview){ rest->at, i };
	*rest = strview_behind(*rest, i);
	return i > 0;
}

bool strview_line(struct strview *rest, struct strview *line)
{
	if (!rest->len)
		return false;
	*line = strview_cut(rest, '\n');
	while (line->len && strchr(" \t\r", line->at[line->len - 1]))
		line->len--;
	while (line->len && (*line->at == ' ' || *line->at == '\t'))
		*line = strview_behind(*line, 1);
	return true;
}

int strview_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool strview_number(struct strview s, unsigned int base, uint32_t *n)
{
	uint64_t v = 0;

	if (base == 16 && s.len > 2)
		strview_take(&s, "0x");
	for (size_t i = 0; i < s.len; i++) {
		int d = strview_digit(s.at[i]);

		if (d < 0 || (unsigned int)d >= base)
			return false;
		v = v * base + (unsigned int)d;
		if (v > UINT32_MAX)
			return false;
	}
	*n = (uint32_t)v;
	return s.len > 0;
}

int strview_bytes(struct strview s, void *to, size_t size)
{
	uint8_t *p = to;

	if (s.len % 2 || s.len / 2 > size)
		return -1;
	for (size_t i = 0; i < s.len; i += 2) {
		int high = strview_digit(s.at[i]),
		    low = strview_digit(s.at[i + 1]);

		if (high < 0 || low < 0)
			return -1;
		*p++ = (uint8_t)(high << 4 | low);
	}
	return (int)(s.len / 2);
}

bool strview_address(struct strview s, int family, uint8_t *to)
{
	char text[INET6_ADDRSTRLEN];

	if (!s.len || s.len >= sizeof(text))
		return false;
	memcpy(text, s.at, s.len);
	text[s.len] = '\0';
	return inet_pton(family, text, to) == 1;
}
