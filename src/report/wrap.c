// SPDX-License-Identifier: GPL-2.0-or-later
/* wrap: lines for a terminal, broken between words where they would be too wide. */
#include "report/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "base/columns.h"
#include "rules/base/units.h"

/* Of wrap_lines(): further in than any line of a block begins. */
enum { HANG = 6 };

static size_t blanks_at(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] == ' ')
		n++;
	return n;
}

/* Blanks in front of these are no place to break a line. */
static bool is_arrow(const char *s, size_t len)
{
	size_t n = len && s[0] == '-' ? 1 : 0;

	return n < len && s[n] == '>' && (n + 1 == len || s[n + 1] == ' ');
}

/* What says of the next word how it is meant, and nothing without it. */
static bool leads(const char *word, size_t len)
{
	static const char *const leading[] = {
		"!", "as", "by", "handle", "in", "inet", "ip", "ip6", "nft",
		"out", "to", "via",
	};

	for (size_t i = 0; i < ARRAY_SIZE(leading) && len <= 6; i++)
		if (strlen(leading[i]) == len &&
		    memcmp(leading[i], word, len) == 0)
			return true;
	return false;
}

/* Do these two go into one line: an option and its value, "by" and a rule? */
static bool stays(const char *word, size_t len, const char *next, size_t rest)
{
	if (is_arrow(next, rest) || leads(word, len))
		return true;
	return len > 1 && word[0] == '-' && word[1] != '>' && *next != '-';
}

/* Bytes up to the next place where the line may be broken. */
static size_t word_at(const char *s, size_t len)
{
	size_t begin = 0;

	for (;;) {
		size_t end = begin, next;

		while (end < len && s[end] != ' ')
			end++;
		next = end + blanks_at(s + end, len - end);
		if (next >= len ||
		    !stays(s + begin, end - begin, s + next, len - next))
			return end;
		begin = next;
	}
}

/* Without colours, which take none. */
static size_t shown_columns(const char *s, size_t len)
{
	const char *end = s + len, *code = memchr(s, '\033', len);
	size_t columns = columns_of(s, len);

	while (code) {
		const char *last = memchr(code, 'm', (size_t)(end - code));

		if (!last)
			break;
		columns -= (size_t)(last + 1 - code);
		code = memchr(last, '\033', (size_t)(end - last));
	}
	return columns;
}

/* Blanks that become a line's end, and the next one's indent. */
static bool break_at(struct wrap *w, size_t at, size_t blanks)
{
	char *to = outbuf_replace(w->o, at, blanks, 1 + w->indent);

	if (!to)
		return false;
	to[0] = '\n';
	memset(to + 1, ' ', w->indent);
	w->column = w->indent;
	return true;
}

static bool fits(const struct wrap *w, size_t columns)
{
	return w->column + columns <= w->width || w->column <= w->indent;
}

/* One word, with the blanks in front of it; @at: behind it, @end: of all.  false: there is none. */
static bool flow_word(struct wrap *w, size_t *at, size_t *end)
{
	const char *s = outbuf_record(w->o, *at);
	size_t len = *end - *at, blanks, n, columns;

	if (!s || !len)
		return false;
	blanks = blanks_at(s, len);
	n = word_at(s + blanks, len - blanks);
	columns = shown_columns(s + blanks, n);
	if (n && !fits(w, blanks + columns)) {
		if (!break_at(w, *at, blanks))
			return false;
		*end += w->indent + 1 - blanks;
		blanks = w->indent + 1;
	} else {
		w->column += (unsigned int)blanks;
	}
	w->column += (unsigned int)columns;
	*at += blanks + n;
	return true;
}

/* Where all of it has room in this line. */
static bool take_whole(struct wrap *w, size_t at)
{
	const char *s = outbuf_record(w->o, at);
	size_t columns = s ? columns_of(s, outbuf_written(w->o) - at) : 0;

	if (w->column + columns > w->width)
		return false;
	w->column += (unsigned int)columns;
	return true;
}

void wrap_flow(struct wrap *w, size_t at)
{
	size_t end = outbuf_written(w->o);

	if (!take_whole(w, at))
		while (flow_word(w, &at, &end))
			;
}

unsigned int wrap_rows(const struct wrap *w, size_t at)
{
	const char *s = outbuf_record(w->o, at);
	size_t len = outbuf_written(w->o) - at;
	size_t column = w->column;
	unsigned int rows = 1;

	while (s && len) {
		size_t blanks = blanks_at(s, len);
		size_t n = word_at(s + blanks, len - blanks);
		size_t columns = shown_columns(s + blanks, n);

		if (n && column + blanks + columns > w->width &&
		    column > w->indent) {
			rows++;
			column = w->indent;
		} else {
			column += blanks;
		}
		column += columns;
		s += blanks + n;
		len -= blanks + n;
	}
	return rows;
}

/* The blanks that a line begins with, behind a colour of it. */
static size_t indent_of(const char *s, size_t len)
{
	const char *last = len && *s == '\033' ? memchr(s, 'm', len) : NULL;
	size_t code = last ? (size_t)(last + 1 - s) : 0;

	return blanks_at(s + code, len - code);
}

/* One line, from @at to its end, which is told. */
static size_t flow_line(struct wrap *w, size_t at, size_t end)
{
	const char *s = outbuf_record(w->o, at);

	if (w->column + shown_columns(s, end - at) > w->width)
		while (flow_word(w, &at, &end))
			;
	return end;
}

void wrap_lines(struct outbuf *o, size_t at, unsigned int width,
		unsigned int lead)
{
	struct wrap w = { .o = o, .width = width, .column = lead };
	const char *s, *newline;

	while ((s = outbuf_record(o, at)) != NULL) {
		size_t len = outbuf_written(o) - at;

		newline = memchr(s, '\n', len);
		if (!newline)
			return;
		w.indent = (unsigned int)indent_of(s, len) + HANG;
		at = flow_line(&w, at, at + (size_t)(newline - s)) + 1;
		w.column = 0;
	}
}

void wrap_known(struct wrap *w, size_t at, size_t columns)
{
	if (w->column + columns <= w->width)
		w->column += (unsigned int)columns;
	else
		wrap_flow(w, at);
}

void wrap_unit(struct wrap *w, size_t at)
{
	const char *s = outbuf_record(w->o, at);
	size_t blanks;

	if (!s || take_whole(w, at))
		return;
	blanks = blanks_at(s, outbuf_written(w->o) - at);
	if (w->column > w->indent && break_at(w, at, blanks))
		wrap_flow(w, at + 1 + w->indent);
	else
		wrap_flow(w, at);
}

void wrap_text(struct wrap *w, const char *text)
{
	size_t at = wrap_here(w);

	outbuf_text(w->o, text);
	wrap_flow(w, at);
}

void wrap_pad(struct wrap *w, unsigned int column)
{
	size_t blanks = column > w->column ? column - w->column : 1;
	char *to = outbuf_room(w->o, blanks);

	if (!to)
		return;
	memset(to, ' ', blanks);
	outbuf_advance(w->o, blanks);
	w->column += (unsigned int)blanks;
}

void wrap_end(struct wrap *w)
{
	outbuf_text(w->o, "\n");
	w->column = 0;
}
