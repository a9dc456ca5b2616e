// SPDX-License-Identifier: GPL-2.0-or-later
/* html: text for people, with or without colours, as a part of a page. */
#include "page/html.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/outbuf.h"
#include "rules/base/strview.h"

void html_text(struct outbuf *o, const char *text, size_t len)
{
	char *room = outbuf_room(o, 6 * len);

	if (room)
		outbuf_advance(o, escape_html(room, 6 * len, text, len));
}

/* Return: a copy, free(3) it; NULL: there is none, and the record is lost. */
static char *take(struct outbuf *o, size_t at, size_t *len)
{
	const char *written = outbuf_record(o, at);
	char *copy = NULL;

	*len = outbuf_written(o) - at;
	if (written)
		copy = malloc(*len + 1);
	if (!copy) {
		o->overflow = true;
		return NULL;
	}
	memcpy(copy, written, *len);
	o->tail = o->mark + at;
	return copy;
}

void html_take(struct outbuf *o, size_t at)
{
	size_t len;
	char *text = take(o, at, &len);

	if (text)
		html_text(o, text, len);
	free(text);
}

/* "1;31" of a sequence; false: @text is none, and is as it was. */
static bool take_sequence(struct strview *text, struct strview *numbers)
{
	struct strview rest = *text;
	size_t n = 0;

	if (!strview_take(&rest, "\033["))
		return false;
	while (n < rest.len && strchr("0123456789;", rest.at[n]) && rest.at[n])
		n++;
	if (n == rest.len || rest.at[n] != 'm')
		return false;
	*numbers = (struct strview){ rest.at, n };
	*text = strview_behind(rest, n + 1);
	return true;
}

/* Digits only: nothing to be escaped.  Return: is a span open now? */
static bool begin_color(struct outbuf *o, struct strview numbers)
{
	if (!numbers.len || strview_is(numbers, "0"))
		return false;
	outbuf_text(o, "<span class=\"");
	while (numbers.len) {
		struct strview one = strview_cut(&numbers, ';');

		outbuf_text(o, "s");
		outbuf_bytes(o, one.at, one.len);
		if (numbers.len)
			outbuf_text(o, " ");
	}
	outbuf_text(o, "\">");
	return true;
}

static void end_color(struct outbuf *o, bool open)
{
	if (open)
		outbuf_text(o, "</span>");
}

/* Browsers break lines behind a hyphen: options are kept whole. */
static void put_words(struct outbuf *o, struct strview text)
{
	enum { OPTION_MOST = 24 };

	while (text.len) {
		const char *end = memchr(text.at, ' ', text.len);
		size_t n = end ? (size_t)(end - text.at) : text.len;
		bool whole = n > 1 && n <= OPTION_MOST && *text.at == '-';

		if (whole)
			outbuf_text(o, "<span class=\"o\">");
		html_text(o, text.at, n);
		end_color(o, whole);
		if (end)
			outbuf_text(o, " ");
		text = strview_behind(text, end ? n + 1 : n);
	}
}

/* @color: in which it begins, and then in which it ends */
static void put_line(struct outbuf *o, struct strview line,
		     struct strview *color)
{
	bool open;

	outbuf_text(o, "<span class=\"l\">");
	open = begin_color(o, *color);
	while (line.len) {
		size_t n = 1;

		if (take_sequence(&line, color)) {
			end_color(o, open);
			open = begin_color(o, *color);
			continue;
		}
		while (n < line.len && line.at[n] != '\033')
			n++;
		put_words(o, (struct strview){ line.at, n });
		line = strview_behind(line, n);
	}
	end_color(o, open);
	outbuf_text(o, "\n</span>");
}

bool html_take_lines(struct outbuf *o, size_t at, unsigned int lines,
		     const char *parting)
{
	size_t len;
	char *text = take(o, at, &len);
	struct strview rest = { text, text ? len : 0 }, color = { "", 0 };
	bool parted = false;

	for (unsigned int i = 0; rest.len; i++) {
		if (lines && i == lines) {
			outbuf_text(o, parting);
			parted = true;
		}
		put_line(o, strview_cut(&rest, '\n'), &color);
	}
	free(text);
	return parted;
}
