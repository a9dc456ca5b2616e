// SPDX-License-Identifier: GPL-2.0-or-later
/* html: text for people, with or without colours, as a part of a page. */
#include "report/html.h"

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

static void end_color(struct outbuf *o, bool *open)
{
	if (*open)
		outbuf_text(o, "</span>");
	*open = false;
}

/* Digits only: nothing to be escaped. */
static void begin_color(struct outbuf *o, struct strview numbers, bool *open)
{
	end_color(o, open);
	if (!numbers.len || strview_is(numbers, "0"))
		return;
	outbuf_text(o, "<span class=\"");
	while (numbers.len) {
		struct strview one = strview_cut(&numbers, ';');

		outbuf_text(o, "s");
		outbuf_bytes(o, one.at, one.len);
		if (numbers.len)
			outbuf_text(o, " ");
	}
	outbuf_text(o, "\">");
	*open = true;
}

static void put_line(struct outbuf *o, struct strview line)
{
	struct strview numbers;
	bool open = false;

	outbuf_text(o, "<span class=\"l\">");
	while (line.len) {
		size_t n = 1;

		if (take_sequence(&line, &numbers)) {
			begin_color(o, numbers, &open);
			continue;
		}
		while (n < line.len && line.at[n] != '\033')
			n++;
		html_text(o, line.at, n);
		line = strview_behind(line, n);
	}
	end_color(o, &open);
	outbuf_text(o, "\n</span>");
}

void html_take_lines(struct outbuf *o, size_t at)
{
	size_t len;
	char *text = take(o, at, &len);
	struct strview rest = { text, text ? len : 0 };

	while (rest.len)
		put_line(o, strview_cut(&rest, '\n'));
	free(text);
}
