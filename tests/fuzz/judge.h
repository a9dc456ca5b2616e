/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge: what each form of report may print, whatever was read; abort() when it is more. */
#ifndef TESTS_FUZZ_JUDGE_H
#define TESTS_FUZZ_JUDGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

/* Says what is wrong with which bytes, for who has to mend it. */
#define JUDGE(good, bytes, len) do { \
	if (!(good)) { \
		fprintf(stderr, "judge: not %s:\n%.*s\n", #good, (int)(len), bytes); \
		abort(); \
	} \
} while (0)

/* Printable, in UTF-8: what is safe stays as it is. */
static inline bool judge_safe(const char *line, size_t len)
{
	char *again;
	bool same;

	if (escape_is_plain(line, len))
		return true;
	again = malloc(4 * len + 1);
	if (!again)
		abort();
	same = escape_text(again, 4 * len + 1, line, len) == len &&
	       memcmp(again, line, len) == 0;
	free(again);
	return same;
}

/*
 * Lines, each for itself; the last one is ended, too.
 * @line: for each; NULL: no more is asked of them
 */
static inline void judge_lines(const char *bytes, size_t len,
			       void (*line)(void *arg, const char *at,
					    size_t len), void *arg)
{
	JUDGE(len == 0 || bytes[len - 1] == '\n', bytes, len);
	while (len) {
		size_t n = (size_t)((const char *)memchr(bytes, '\n', len) -
				    bytes);

		JUDGE(judge_safe(bytes, n), bytes, n);
		if (line)
			line(arg, bytes, n);
		bytes += n + 1;
		len -= n + 1;
	}
}

static inline void judge_one_line(const char *bytes, size_t len)
{
	judge_lines(bytes, len, NULL, NULL);
	JUDGE(memchr(bytes, '\n', len) == bytes + len - 1, bytes, len);
}

/* The members of the manual's schema; '?': not in every one. */
static const char *const judge_rule[] = {
	"backend", "family", "nft_family?", "table", "chain", "kind", "number",
	"own_before?",
	"handle", "rule", "doubt?", NULL,
};
static const char *const judge_event[] = {
	"backend", "family", "nft_family?", "table", "chain", "kind", "number",
	"own_before?",
	"handle", "rule", "doubt?", "verdict", "element", "mark", "in", "out",
	"physin?", "physout?", "copy?", NULL,
};
static const char *const judge_change[] = {
	"event", "maker", "field", "from", "to", "copy?", NULL,
};
static const char *const judge_conntrack[] = {
	"state", "direction?", "id?", "mark?", "reason?", NULL,
};
static const char *const judge_copy[] = {
	"fate", "reason", "drop", "last_hook", "fate_out?", "by", "via",
	"marked_by", "marked_via", "owner", "accepted_by", "nat", "near",
	"near_nat?", "near_more?", "never_reached?", "logged?", NULL,
};
static const char *const judge_nat[] = {
	"field", "maker", "from", "to", "by", NULL,
};
static const char *const judge_drop[] = { "reason", "location", NULL };
static const char *const judge_late[] = {
	"schema", "host", "netns", "late", "copy?", "time", "after_ms", "was",
	"fate", "reason", "drop", "last_hook", "fate_out?", "ambiguous?", NULL,
};
static const char *const judge_packet[] = {
	"schema", "host", "netns", "packet", "time", "time_source", "family",
	"in", "out", "headers", "length", "payload", "events", "changes",
	"fate", "reason", "drop", "last_hook", "fate_out?", "by", "via",
	"marked_by", "marked_via", "owner", "accepted_by", "nat", "near",
	"near_nat?", "near_more?", "never_reached?", "logged?", "copies?", "conntrack",
	"complete", "events_lost", "events_omitted?", "ambiguous?", NULL,
};
static const char *const judge_report[] = {
	"schema", "host", "netns", "time", "time_source", "family", "headers",
	"length", "payload", "conntrack", "event", NULL,
};

static inline bool judge_has_members(json_t *object,
				     const char *const members[])
{
	size_t found = 0;

	for (size_t i = 0; members[i]; i++) {
		size_t len = strcspn(members[i], "?");
		bool there = json_object_getn(object, members[i], len);

		found += there;
		if (!there && !members[i][len])
			return false;
	}
	return json_is_object(object) && json_object_size(object) == found;
}

static inline bool judge_all_have(json_t *array, const char *const members[])
{
	json_t *one;
	size_t i;

	json_array_foreach(array, i, one)
		if (!judge_has_members(one, members))
			return false;
	return true;
}

/* Of an object, where it is there. */
static inline bool judge_has_rule(json_t *object, const char *name)
{
	json_t *rule = json_object_get(object, name);

	return !rule || json_is_null(rule) ||
	       judge_has_members(rule, judge_rule);
}

static inline bool judge_fate(json_t *fate)
{
	static const char *const rules[] = {
		"by", "via", "marked_by", "marked_via", "accepted_by", "never_reached",
	};
	json_t *drop = json_object_get(fate, "drop"),
	       *nat = json_object_get(fate, "nat"), *one;
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (!judge_has_rule(fate, rules[i]))
			return false;
	json_array_foreach(nat, i, one)
		if (!judge_has_rule(one, "by"))
			return false;
	return judge_all_have(nat, judge_nat) &&
	       (json_is_null(drop) || judge_has_members(drop, judge_drop));
}

/* And no length is 0: that it is not told is null. */
static inline bool judge_of_packet(json_t *packet)
{
	json_t *ct = json_object_get(packet, "conntrack");
	json_t *length = json_object_get(packet, "length");

	return (json_is_null(ct) || judge_has_members(ct, judge_conntrack)) &&
	       (json_is_null(length) || json_integer_value(length) > 0);
}

static inline json_t *judge_parse(const char *bytes, size_t len)
{
	json_t *o;

	judge_one_line(bytes, len);
	o = json_loadb(bytes, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
		       NULL);
	JUDGE(o, bytes, len);
	return o;
}

static inline void judge_json(const char *bytes, size_t len)
{
	json_t *o = judge_parse(bytes, len), *copies;

	copies = json_object_get(o, "copies");
	if (json_object_get(o, "late")) {
		JUDGE(judge_has_members(o, judge_late), bytes, len);
		JUDGE(judge_fate(o), bytes, len);
		json_decref(o);
		return;
	}
	JUDGE(judge_has_members(o, judge_packet), bytes, len);
	JUDGE(judge_all_have(json_object_get(o, "events"), judge_event), bytes,
	      len);
	JUDGE(judge_all_have(json_object_get(o, "changes"), judge_change),
	      bytes, len);
	JUDGE(judge_all_have(copies, judge_copy), bytes, len);
	JUDGE(judge_of_packet(o), bytes, len);
	JUDGE(judge_fate(o), bytes, len);
	for (size_t i = 0; i < json_array_size(copies); i++)
		JUDGE(judge_fate(json_array_get(copies, i)), bytes, len);
	json_decref(o);
}

static inline void judge_json_flat(const char *bytes, size_t len)
{
	json_t *o = judge_parse(bytes, len);

	JUDGE(judge_has_members(o, judge_report), bytes, len);
	JUDGE(judge_of_packet(o), bytes, len);
	JUDGE(judge_has_members(json_object_get(o, "event"), judge_event),
	      bytes, len);
	json_decref(o);
}

/* Is this a tag of the page's own, as far as its name goes? */
static inline bool judge_is_tag(const char *at, size_t len)
{
	static const char *const tags[] = {
		"!DOCTYPE", "html", "head", "meta", "title", "style", "body",
		"main", "section", "h1", "h2", "p", "b", "br", "ul", "li",
		"details", "summary", "pre", "span", "table", "thead", "tbody",
		"tr", "th", "td", "dl", "dt", "dd",
	};
	size_t n = 0;

	if (len && *at == '/')
		at++, len--;
	while (n < len && at[n] != ' ' && at[n] != '>')
		n++;
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (strlen(tags[i]) == n && memcmp(tags[i], at, n) == 0)
			return n < len;
	return false;
}

static inline void judge_html_line(void *arg, const char *at, size_t len)
{
	(void)arg;
	for (size_t i = 0; i < len; i++)
		JUDGE(at[i] != '<' || judge_is_tag(at + i + 1, len - i - 1), at,
		      len);
}

/* HTML: no tag that a stranger has written. */
static inline void judge_html(const char *bytes, size_t len)
{
	judge_lines(bytes, len, judge_html_line, NULL);
}

/* DOT: tabs in front, and each quote is closed in its line. */
static inline void judge_dot_line(void *arg, const char *at, size_t len)
{
	bool quoted = false;

	(void)arg;
	for (size_t i = 0; i < len; i++) {
		if (at[i] == '\\' && quoted)
			i++;
		else if (at[i] == '"')
			quoted = !quoted;
	}
	JUDGE(!quoted, at, len);
}

static inline void judge_dot(const char *bytes, size_t len)
{
	char *plain = malloc(len + 1);
	size_t n = 0;

	if (!plain)
		abort();
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != '\t')
			plain[n++] = bytes[i];
	judge_lines(plain, n, judge_dot_line, NULL);
	free(plain);
}

#endif
