// SPDX-License-Identifier: GPL-2.0-or-later
/* line_json: a log's line that is an object of JSON -> the line of text that it stands for; pure. */
#include "replay/line_json.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "rules/base/units.h"

enum { RECORD_SEPARATOR = 0x1e };

/* Parts of the line, in its order. */
enum json_part { UNIX_US, TIME, HOST, BOOT_US, MESSAGE, PARTS, NO_PART };

/* Fields of journald (systemd.journal-fields(7)), of docker's json-file and of others. */
static const struct {
	const char *name;
	enum json_part part;
} json_fields[] = {
	{ "MESSAGE", MESSAGE }, { "message", MESSAGE }, { "msg", MESSAGE },
	{ "log", MESSAGE }, { "__REALTIME_TIMESTAMP", UNIX_US },
	{ "_SOURCE_MONOTONIC_TIMESTAMP", BOOT_US }, { "_HOSTNAME", HOST },
	{ "host", HOST }, { "hostname", HOST }, { "time", TIME },
	{ "timestamp", TIME }, { "@timestamp", TIME },
};

struct object {
	struct strview part[PARTS];	/* strings, their escapes left in */
};

static void skip_json_blanks(struct strview *s)
{
	while (s->len && *s->at == ' ')
		*s = strview_behind(*s, 1);
}

static bool take(struct strview *s, char c)
{
	skip_json_blanks(s);
	if (!s->len || *s->at != c)
		return false;
	*s = strview_behind(*s, 1);
	return true;
}

static bool take_string(struct strview *s, struct strview *string)
{
	size_t n = 0;

	if (!take(s, '"'))
		return false;
	while (n < s->len && s->at[n] != '"')
		n += s->at[n] == '\\' ? 2 : 1;
	if (n >= s->len)
		return false;
	*string = (struct strview){ s->at, n };
	*s = strview_behind(*s, n + 1);
	return true;
}

/* A number, a word, an object, an array: up to what follows it. */
static bool skip_other(struct strview *s)
{
	struct strview string;
	unsigned int depth = 0;

	while (s->len) {
		char c = *s->at;

		if (c == '"') {
			if (!take_string(s, &string))
				return false;
			continue;
		}
		if (!depth && (c == ',' || c == '}'))
			return true;
		depth += c == '{' || c == '[';
		if (c == '}' || c == ']')
			depth--;
		*s = strview_behind(*s, 1);
	}
	return false;
}

static void note(struct object *o, struct strview name, struct strview value)
{
	for (size_t i = 0; i < ARRAY_SIZE(json_fields); i++)
		if (strview_is(name, json_fields[i].name) &&
		    !o->part[json_fields[i].part].len)
			o->part[json_fields[i].part] = value;
}

static bool read_object(struct object *o, struct strview s)
{
	struct strview name, value;

	if (!take(&s, '{'))
		return false;
	do {
		if (!take_string(&s, &name) || !take(&s, ':'))
			return false;
		skip_json_blanks(&s);
		if (s.len && *s.at == '"') {
			if (!take_string(&s, &value))
				return false;
			note(o, name, value);
		} else if (!skip_other(&s)) {
			return false;
		}
	} while (take(&s, ','));
	return take(&s, '}') && o->part[MESSAGE].len;
}

struct writer {
	char *at;
	size_t len, room;
	bool full;
};

static void put(struct writer *w, char c)
{
	if (w->len == w->room) {
		w->full = true;
		return;
	}
	w->at[w->len++] = c;
}

static void put_text(struct writer *w, const char *text)
{
	while (*text)
		put(w, *text++);
}

/* Two bytes of UTF-16 as UTF-8; halves of a pair are none. */
static void put_unicode(struct writer *w, uint32_t c)
{
	if (c < ' ' || (c >= 0xd800 && c < 0xe000)) {
		put(w, c < ' ' ? ' ' : '?');
	} else if (c < 0x80) {
		put(w, (char)c);
	} else if (c < 0x800) {
		put(w, (char)(0xc0 | c >> 6));
		put(w, (char)(0x80 | (c & 0x3f)));
	} else {
		put(w, (char)(0xe0 | c >> 12));
		put(w, (char)(0x80 | (c >> 6 & 0x3f)));
		put(w, (char)(0x80 | (c & 0x3f)));
	}
}

/* Return: bytes of the escape behind its backslash. */
static size_t put_escape(struct writer *w, struct strview s)
{
	uint32_t c;

	switch (*s.at) {
	case 'u':
		if (s.len < 5 || !strview_number((struct strview){ s.at + 1, 4 },
						 16, &c))
			break;
		put_unicode(w, c);
		return 5;
	case 'n':
	case 'r':
	case 't':
	case 'b':
	case 'f':
		put(w, ' ');
		return 1;
	}
	put(w, *s.at);
	return 1;
}

/* The end of a line is no part of it. */
static struct strview without_end(struct strview s)
{
	while (s.len >= 2 && s.at[s.len - 2] == '\\' &&
	       (s.at[s.len - 1] == 'n' || s.at[s.len - 1] == 'r') &&
	       (s.len == 2 || s.at[s.len - 3] != '\\'))
		s.len -= 2;
	return s;
}

static void put_string(struct writer *w, struct strview s)
{
	while (s.len) {
		char c = *s.at;
		size_t n = 1;

		if (c != '\\' || s.len == 1)
			put(w, c);
		else
			n += put_escape(w, strview_behind(s, 1));
		s = strview_behind(s, n);
	}
}

/* Microseconds as "1550.298087" */
static void put_seconds(struct writer *w, struct strview us)
{
	for (size_t i = 0; i < us.len; i++) {
		if (us.len - i == 6)
			put(w, '.');
		put(w, us.at[i]);
	}
}

static bool is_number(struct strview s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
	return s.len > 6;
}

static void put_line(struct writer *w, const struct object *o)
{
	const struct strview *p = o->part;

	if (is_number(p[UNIX_US]))
		put_seconds(w, p[UNIX_US]);
	else
		put_string(w, p[TIME]);
	put(w, ' ');
	put_string(w, p[HOST]);
	if (p[HOST].len)
		put_text(w, " kernel: ");
	if (is_number(p[BOOT_US])) {
		put(w, '[');
		put_seconds(w, p[BOOT_US]);
		put_text(w, "] ");
	}
	put_string(w, without_end(p[MESSAGE]));
}

struct strview line_json(struct strview line, char *room)
{
	struct object o = { .part = { { "", 0 } } };
	struct writer w = { .at = room, .room = line.len };
	struct strview s = line;

	if (s.len && *s.at == RECORD_SEPARATOR)
		s = strview_behind(s, 1);
	skip_json_blanks(&s);
	if (!s.len || *s.at != '{' || !read_object(&o, s))
		return line;
	put_line(&w, &o);
	return w.full ? line : (struct strview){ room, w.len };
}
