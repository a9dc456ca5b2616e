// SPDX-License-Identifier: GPL-2.0-or-later
/* line_json: a log's line that is an object of JSON -> the line of text that it stands for; pure. */
#include "replay/line_json.h"

#include <stdint.h>
#include <string.h>

#include "rules/base/units.h"

enum { RECORD_SEPARATOR = 0x1e };

/* Fields of journald (systemd.journal-fields(7)), of docker's json-file, of dmesg and of others. */
static const struct {
	const char *name;
	enum line_part part;
} json_fields[] = {
	{ "MESSAGE", LINE_MESSAGE }, { "message", LINE_MESSAGE },
	{ "msg", LINE_MESSAGE }, { "log", LINE_MESSAGE },
	{ "__REALTIME_TIMESTAMP", LINE_UNIX_US },
	{ "_SOURCE_MONOTONIC_TIMESTAMP", LINE_BOOT_US },
	{ "_HOSTNAME", LINE_HOST }, { "host", LINE_HOST },
	{ "hostname", LINE_HOST }, { "time", LINE_TIME },
	{ "timestamp", LINE_TIME }, { "@timestamp", LINE_TIME },
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

/* A number, a word, an object, an array: up to what follows it, if anything does. */
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
	return !depth;
}

/* Seconds with a fraction: of the machine's start, as dmesg has them, or of 1970. */
static enum line_part part_of_seconds(struct strview value)
{
	enum { DIGITS = 9 };
	struct strview rest = value, whole = strview_cut(&rest, '.');

	for (size_t i = 0; i < whole.len; i++)
		if (whole.at[i] < '0' || whole.at[i] > '9')
			return LINE_NO_PART;
	if (!whole.len || !rest.len)
		return LINE_NO_PART;
	return whole.len > DIGITS ? LINE_TIME : LINE_BOOT_S;
}

enum line_part line_object_part(struct strview name, struct strview value,
				bool word)
{
	enum line_part part = LINE_NO_PART;

	for (size_t i = 0; i < ARRAY_SIZE(json_fields); i++)
		if (strview_is(name, json_fields[i].name))
			part = json_fields[i].part;
	if (!word)
		return part;
	return part == LINE_TIME ? part_of_seconds(value) : LINE_NO_PART;
}

bool line_json_field(struct strview *s, struct strview *name,
		     struct strview *value, bool *word)
{
	struct strview from;

	if (!take_string(s, name) || !take(s, ':'))
		return false;
	skip_json_blanks(s);
	*word = !s->len || *s->at != '"';
	from = *s;
	if (*word ? !skip_other(s) : !take_string(s, value))
		return false;
	if (*word)
		*value = (struct strview){ from.at, from.len - s->len };
	while (*word && value->len && value->at[value->len - 1] == ' ')
		value->len--;
	return true;
}

static bool read_object(struct line_object *o, struct strview s)
{
	struct strview name, value;
	bool word;

	if (!take(&s, '{'))
		return false;
	do {
		enum line_part part;

		if (!line_json_field(&s, &name, &value, &word))
			return false;
		part = line_object_part(name, value, word);
		if (part != LINE_NO_PART && !o->part[part].len)
			o->part[part] = value;
	} while (take(&s, ','));
	return take(&s, '}') && o->part[LINE_MESSAGE].len;
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

static void put_string(struct writer *w, const struct line_object *o,
		       enum line_part part)
{
	struct strview s = o->part[part];

	if (part == LINE_MESSAGE && !o->plain)
		s = without_end(s);
	while (s.len) {
		char c = *s.at;
		size_t n = 1;

		if (c != '\\' || s.len == 1 || o->plain)
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

static void put_line(struct writer *w, const struct line_object *o)
{
	const struct strview *p = o->part;

	if (is_number(p[LINE_UNIX_US]))
		put_seconds(w, p[LINE_UNIX_US]);
	else
		put_string(w, o, LINE_TIME);
	put(w, ' ');
	put_string(w, o, LINE_HOST);
	if (p[LINE_HOST].len)
		put_text(w, " kernel: ");
	if (is_number(p[LINE_BOOT_US]) || p[LINE_BOOT_S].len) {
		put(w, '[');
		if (p[LINE_BOOT_S].len)
			put_string(w, o, LINE_BOOT_S);
		else
			put_seconds(w, p[LINE_BOOT_US]);
		put_text(w, "] ");
	}
	put_string(w, o, LINE_MESSAGE);
}

size_t line_object_put(const struct line_object *o, char *to, size_t room)
{
	struct writer w = { .at = to, .room = room };

	if (!o->part[LINE_MESSAGE].len)
		return 0;
	put_line(&w, o);
	return w.full ? 0 : w.len;
}

/* In front of an object stand marks of mail, of a sequence (RFC 7464), of a server's events. */
static struct strview at_object(struct strview s)
{
	static const char event[] = "data:";

	while (s.len && (*s.at == '>' || *s.at == ' '))
		s = strview_behind(s, 1);
	if (s.len && *s.at == RECORD_SEPARATOR)
		s = strview_behind(s, 1);
	if (strview_starts(s, event))
		s = strview_behind(s, strlen(event));
	skip_json_blanks(&s);
	return s;
}

struct strview line_json(struct strview line, char *room)
{
	struct line_object o = { .part = { { "", 0 } } };
	struct strview s = at_object(line);
	size_t len;

	if (!s.len || *s.at != '{' || !read_object(&o, s))
		return line;
	len = line_object_put(&o, room, line.len);
	return len ? (struct strview){ room, len } : line;
}
