// SPDX-License-Identifier: GPL-2.0-or-later
/* line_record: lines of a log that are fields of one message -> the line of text that they stand for. */
#include "replay/line_record.h"

#include <string.h>

#include "replay/line_clean.h"
#include "rules/base/units.h"

static const char RECORD_CURSOR[] = "__CURSOR=";

static struct strview trim_end(struct strview s)
{
	while (s.len && s.at[s.len - 1] == ' ')
		s.len--;
	return s;
}

static bool has_text(struct strview s, const char *text)
{
	return strview_find(s, text) < s.len;
}

/* The first of a kind counts; what nobody has named is the message if it is a trace's. */
static void keep_field(struct line_record *r, struct strview name, struct strview value,
		 bool word)
{
	enum line_part part = line_object_part(name, value, word);
	char *to = r->kept + r->used;

	if (part == LINE_NO_PART && has_text(value, "TRACE: "))
		part = LINE_MESSAGE;
	if (part == LINE_NO_PART || r->o.part[part].len || !value.len ||
	    value.len > sizeof(r->kept) - r->used)
		return;
	memcpy(to, value.at, value.len);
	r->used += value.len;
	r->o.part[part] = (struct strview){ to, value.len };
}

static void begin_record(struct line_record *r, enum line_record_form form)
{
	r->form = form;
	r->used = 0;
	memset(&r->o, 0, sizeof(r->o));
	r->o.plain = form != RECORD_JSON;
}

/* "Tue 2026-11-24 21:05:43.298087 UTC [s=...;i=...]" */
static bool begins_verbose(struct line_record *r, struct strview line)
{
	size_t at = strview_find(line, " [s=");

	if (at == line.len || line.at[line.len - 1] != ']')
		return false;
	begin_record(r, RECORD_VERBOSE);
	keep_field(r, (struct strview){ "time", 4 }, (struct strview){ line.at, at },
	     false);
	return true;
}

/* NAME=value */
static bool take_pair(struct line_record *r, struct strview line)
{
	struct strview value = line, name = strview_cut(&value, '=');

	if (name.len == line.len || !name.len || memchr(name.at, ' ', name.len))
		return false;
	keep_field(r, name, value, false);
	return true;
}

/* Several of one object may stand on a line; of an array nothing is wanted. */
static void take_fields(struct line_record *r, struct strview s)
{
	struct strview name, value;
	bool word;

	while (line_json_field(&s, &name, &value, &word)) {
		keep_field(r, name, value, word);
		while (s.len && (*s.at == ',' || *s.at == ' '))
			s = strview_behind(s, 1);
	}
}

/* The innermost object is a message; those around it only hold it. */
static enum line_record_step add_json(struct line_record *r, struct strview line)
{
	bool opens = line.at[line.len - 1] == '{';

	/* Between two objects stands "},{". */
	if (*line.at == '}') {
		r->opens = opens;
		return RECORD_ENDS;
	}
	if (opens) {
		begin_record(r, RECORD_JSON);
		return RECORD_TAKEN;
	}
	if (*line.at != '"' && *line.at != ']' && *line.at != '[' &&
	    strview_digit(*line.at) < 0)
		return RECORD_BREAKS;
	take_fields(r, line);
	return has_text(line, "TRACE: ") && !r->o.part[LINE_MESSAGE].len ?
		       RECORD_BREAKS : RECORD_TAKEN;
}

static enum line_record_step begin_any(struct line_record *r, struct strview line)
{
	char last = line.at[line.len - 1];

	if (last == '{' && (line.len == 1 || *line.at == '"' || *line.at == '}' ||
			    *line.at == '['))
		begin_record(r, RECORD_JSON);
	else if (strview_starts(line, RECORD_CURSOR))
		begin_record(r, RECORD_EXPORT);
	else if (last != ']' || !begins_verbose(r, line))
		return RECORD_OTHER;
	return RECORD_TAKEN;
}

static enum line_record_step go_on_record(struct line_record *r, struct strview line)
{
	if (!line.len)
		return r->form == RECORD_JSON ? RECORD_TAKEN : RECORD_ENDS;
	if (r->form == RECORD_JSON)
		return add_json(r, line);
	return take_pair(r, line) ? RECORD_TAKEN : RECORD_BREAKS;
}

enum line_record_step line_record_add(struct line_record *r, struct strview line)
{
	/* Nearly all are of none. */
	if (!r->form &&
	    (!line.len || (line.at[line.len - 1] != '{' &&
			   line.at[line.len - 1] != ']' && *line.at != *RECORD_CURSOR)))
		return RECORD_OTHER;
	line = line_unquote(trim_end(line));
	if (r->form)
		return go_on_record(r, line);
	return line.len ? begin_any(r, line) : RECORD_OTHER;
}

struct strview line_record_text(struct line_record *r)
{
	size_t len = r->form ? line_object_put(&r->o, r->text, sizeof(r->text))
			     : 0;

	if (r->opens)
		begin_record(r, RECORD_JSON);
	else
		r->form = RECORD_NO_FORM;
	r->opens = false;
	return (struct strview){ r->text, len };
}
