// SPDX-License-Identifier: GPL-2.0-or-later
/* line_clean: a log's line without what terminals and mail have put into it. */
#include "replay/line_clean.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "replay/line_json.h"
#include "rules/base/units.h"

enum { ESC = 0x1b, BEL = 0x07 };

static bool is_final(char c)
{
	return c >= 0x40 && c <= 0x7e;
}

/* Bytes of the control sequence at @at, which begins with ESC (ECMA-48, 5.3). */
static size_t sequence(const char *at, size_t len)
{
	size_t n = 2;

	if (len < 2)
		return len;
	switch (at[1]) {
	case '[':
		while (n < len && !is_final(at[n]))
			n++;
		return n < len ? n + 1 : n;
	case ']':	/* a title, a link: up to BEL, or ESC and what is behind it */
		while (n < len && at[n] != BEL && at[n] != ESC)
			n++;
		if (n < len && at[n] == ESC)
			n++;
		return n < len ? n + 1 : n;
	case '(':
	case ')':
		return len < 3 ? len : 3;
	}
	return 2;
}

/*
 * What pages and word processors put where a blank was, or where a line may be
 * broken (UTF-8 of U+00A0, U+202F; of U+200B to U+200D, U+2060, U+FEFF).
 */
static const struct {
	const char *bytes;
	const char *as;
} spaces[] = {
	{ "\xc2\xa0", " " }, { "\xe2\x80\xaf", " " }, { "\xe2\x80\x8b", "" },
	{ "\xe2\x80\x8c", "" }, { "\xe2\x80\x8d", "" }, { "\xe2\x81\xa0", "" },
	{ "\xef\xbb\xbf", "" },
};

static bool has_spaces(struct strview line)
{
	return memchr(line.at, 0xc2, line.len) ||
	       memchr(line.at, 0xe2, line.len) ||
	       memchr(line.at, 0xef, line.len);
}

/* Return: bytes that one of them has; 0: it is none. */
static size_t take_space(struct strview rest, char *room, size_t *n)
{
	for (size_t i = 0; i < ARRAY_SIZE(spaces); i++) {
		if (!strview_starts(rest, spaces[i].bytes))
			continue;
		if (*spaces[i].as)
			room[(*n)++] = *spaces[i].as;
		return strlen(spaces[i].bytes);
	}
	return 0;
}

/*
 * Quotes as word processors and pages set them (UTF-8 of U+201C, U+201D, U+201E), and what a
 * page's source has for them and for other characters.
 */
static const struct {
	const char *bytes;
	char as;
	bool quote;
} spellings[] = {
	{ "\xe2\x80\x9c", '"', true }, { "\xe2\x80\x9d", '"', true },
	{ "\xe2\x80\x9e", '"', true }, { "&quot;", '"', true },
	{ "&#34;", '"', true }, { "&#x22;", '"', true }, { "&amp;", '&', false },
	{ "&lt;", '<', false }, { "&gt;", '>', false }, { "&#39;", '\'', false },
	{ "&nbsp;", ' ', false },
};

/* A line that has quotes of its own has others as text. */
static bool lacks_quotes(struct strview line)
{
	if ((!memchr(line.at, '&', line.len) && !memchr(line.at, 0xe2, line.len)) ||
	    memchr(line.at, '"', line.len))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(spellings); i++)
		if (spellings[i].quote &&
		    memmem(line.at, line.len, spellings[i].bytes,
			   strlen(spellings[i].bytes)))
			return true;
	return false;
}

/* @room may be where @line is. */
static struct strview put_quotes(struct strview line, char *room)
{
	size_t n = 0;

	while (line.len) {
		size_t i = 0;

		while (i < ARRAY_SIZE(spellings) &&
		       !strview_starts(line, spellings[i].bytes))
			i++;
		if (i < ARRAY_SIZE(spellings)) {
			room[n++] = spellings[i].as;
			line = strview_behind(line, strlen(spellings[i].bytes));
		} else {
			room[n++] = *line.at;
			line = strview_behind(line, 1);
		}
	}
	return (struct strview){ room, n };
}

/* @room may be where @line is: nothing gets longer. */
static struct strview clean(struct strview line, char *room)
{
	size_t n = 0;

	for (size_t i = 0, len; i < line.len; i += len) {
		if (line.at[i] == ESC) {
			len = sequence(line.at + i, line.len - i);
			continue;
		}
		len = line.at[i] & 0x80 ?
			take_space(strview_behind(line, i), room, &n) : 0;
		if (len)
			continue;
		room[n++] = line.at[i] == '\t' ? ' ' : line.at[i];
		len = 1;
	}
	return (struct strview){ room, n };
}

/* As many as most processors compare at once. */
typedef int8_t bytes16 __attribute__((vector_size(16)));

/* A control character, or '&', or no ASCII: in @odd all bits of that byte are set. */
static void find_odd(const char *at, bytes16 *odd)
{
	bytes16 b;

	memcpy(&b, at, sizeof(b));
	*odd |= (bytes16)(b < ' ') | (bytes16)(b == '&');
}

/* Nothing but what all lines have: most have nothing else, and are looked at once. */
static bool is_plain(struct strview line)
{
	bytes16 odd = { 0 };
	uint64_t any[2];
	size_t i = 0;

	if (line.len < sizeof(odd))
		return false;
	for (; i + sizeof(odd) <= line.len; i += sizeof(odd))
		find_odd(line.at + i, &odd);
	find_odd(line.at + line.len - sizeof(odd), &odd);
	memcpy(any, &odd, sizeof(any));
	return !(any[0] | any[1]);
}

struct strview line_clean(struct strview line, char *room)
{
	while (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	if (!line.len)
		return line;
	if (line.at[line.len - 1] == '}')
		line = line_json(line, room);
	if (is_plain(line))
		return line;
	if (lacks_quotes(line))
		line = put_quotes(line, room);
	if (memchr(line.at, ESC, line.len) || memchr(line.at, '\t', line.len) ||
	    has_spaces(line))
		return clean(line, room);
	return line;
}

struct strview line_unquote(struct strview line)
{
	while (line.len && strchr("> |", *line.at) && *line.at)
		line = strview_behind(line, 1);
	return line;
}
