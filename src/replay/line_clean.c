// SPDX-License-Identifier: GPL-2.0-or-later
/* line_clean: a log's line without what terminals and mail have put into it. */
#include "replay/line_clean.h"

#include <string.h>

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

struct strview line_clean(struct strview line, char *room)
{
	size_t n = 0;

	while (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	if (!line.len || (!memchr(line.at, ESC, line.len) &&
			  !memchr(line.at, '\t', line.len)))
		return line;
	for (size_t i = 0; i < line.len;) {
		if (line.at[i] == ESC) {
			i += sequence(line.at + i, line.len - i);
			continue;
		}
		room[n++] = line.at[i] == '\t' ? ' ' : line.at[i];
		i++;
	}
	return (struct strview){ room, n };
}

struct strview line_unquote(struct strview line)
{
	while (line.len && strchr("> |", *line.at) && *line.at)
		line = strview_behind(line, 1);
	return line;
}
