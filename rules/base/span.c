// SPDX-License-Identifier: GPL-2.0-or-later
/* span: a piece of text that is not terminated, and what can be read off it. */
#include "rules/base/span.h"

#include <string.h>

bool span_is(struct span s, const char *word)
{
	return s.len == strlen(word) && memcmp(s.at, word, s.len) == 0;
}

bool span_starts(struct span s, const char *with)
{
	size_t len = strlen(with);

	return s.len >= len && memcmp(s.at, with, len) == 0;
}

struct span span_behind(struct span s, size_t n)
{
	return (struct span){ s.at + n, s.len - n };
}

struct span span_cut(struct span *rest, char end)
{
	const char *at = rest->len ? memchr(rest->at, end, rest->len) : NULL;
	struct span s = { rest->at, at ? (size_t)(at - rest->at) : rest->len };

	*rest = span_behind(*rest, s.len + (at ? 1 : 0));
	return s;
}

bool span_take(struct span *s, const char *key)
{
	/* Asked for dozens of keys a word: most differ here. */
	if (!s->len || *s->at != *key || !span_starts(*s, key))
		return false;
	*s = span_behind(*s, strlen(key));
	return true;
}

bool span_word(struct span *rest, struct span *word)
{
	size_t n = 0;

	while (rest->len && *rest->at == ' ')
		*rest = span_behind(*rest, 1);
	while (n < rest->len && rest->at[n] != ' ')
		n++;
	*word = (struct span){ rest->at, n };
	*rest = span_behind(*rest, n);
	return n > 0;
}

bool span_quoted(struct span *rest, struct span *word)
{
	bool quoted = false;
	size_t i = 0;

	while (rest->len && *rest->at == ' ')
		*rest = span_behind(*rest, 1);
	for (; i < rest->len && (quoted || rest->at[i] != ' '); i++) {
		if (rest->at[i] == '"')
			quoted = !quoted;
		else if (rest->at[i] == '\\' && quoted && i + 1 < rest->len)
			i++;
	}
	*word = (struct span){ rest->at, i };
	*rest = span_behind(*rest, i);
	return i > 0;
}

bool span_line(struct span *rest, struct span *line)
{
	if (!rest->len)
		return false;
	*line = span_cut(rest, '\n');
	while (line->len && strchr(" \t\r", line->at[line->len - 1]))
		line->len--;
	while (line->len && (*line->at == ' ' || *line->at == '\t'))
		*line = span_behind(*line, 1);
	return true;
}

int span_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool span_number(struct span s, unsigned int base, uint32_t *n)
{
	uint64_t v = 0;

	if (base == 16 && s.len > 2)
		span_take(&s, "0x");
	for (size_t i = 0; i < s.len; i++) {
		int d = span_digit(s.at[i]);

		if (d < 0 || (unsigned int)d >= base)
			return false;
		v = v * base + (unsigned int)d;
		if (v > UINT32_MAX)
			return false;
	}
	*n = (uint32_t)v;
	return s.len > 0;
}

int span_bytes(struct span s, void *to, size_t size)
{
	uint8_t *p = to;

	if (s.len % 2 || s.len / 2 > size)
		return -1;
	for (size_t i = 0; i < s.len; i += 2) {
		int high = span_digit(s.at[i]), low = span_digit(s.at[i + 1]);

		if (high < 0 || low < 0)
			return -1;
		*p++ = (uint8_t)(high << 4 | low);
	}
	return (int)(s.len / 2);
}
