// SPDX-License-Identifier: GPL-2.0-or-later
/* wrap: lines for a terminal, broken between words where they would be too wide. */
#include "report/wrap.h"

#include <stdbool.h>
#include <string.h>

#include "base/columns.h"

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

/* Do these two go into one line: an option and its value, what "!" denies? */
static bool stays(const char *word, size_t len, const char *next, size_t rest)
{
	if (is_arrow(next, rest) || (len == 1 && *word == '!'))
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

/* These blanks become a line's end, and the next one's indent. */
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

/* One word, with the blanks in front of it; @at: behind it.  false: there is none. */
static bool flow_word(struct wrap *w, size_t *at)
{
	const char *s = outbuf_record(w->o, *at);
	size_t len = outbuf_written(w->o) - *at, blanks, n, columns;

	if (!s || !len)
		return false;
	blanks = blanks_at(s, len);
	n = word_at(s + blanks, len - blanks);
	columns = columns_of(s + blanks, n);
	if (n && !fits(w, blanks + columns)) {
		if (!break_at(w, *at, blanks))
			return false;
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
	if (!take_whole(w, at))
		while (flow_word(w, &at))
			;
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
