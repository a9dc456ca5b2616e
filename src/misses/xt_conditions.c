// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_conditions: a rule in iptables' words, of either backend, held against a packet. */
#include "misses/xt_conditions.h"

#include <string.h>

#include "misses/condition.h"
#include "misses/xt_modules.h"
#include "misses/xt_option.h"
#include "misses/xt_packet.h"
#include "place/rule_text.h"

/* A rule's text, and how far it is read. */
struct reading {
	struct conditions *out;
	const struct asked *a;
	struct strview rest;
	const struct xt_module *module;	/* the last "-m" that is known; NULL: none */
};

/* Quick: what is in quotes begins with them. */
static bool next_word(struct strview *rest, struct strview *word)
{
	const char *at = rest->at, *end = at + rest->len, *from;

	while (at < end && *at == ' ')
		at++;
	if (at < end && *at == '"')
		return strview_quoted(rest, word);
	for (from = at; at < end && *at != ' '; at++)
		;
	*word = (struct strview){ from, (size_t)(at - from) };
	*rest = (struct strview){ at, (size_t)(end - at) };
	return at > from;
}

static const struct xt_option *find_option(const struct xt_option *o,
					   struct strview word)
{
	for (; o->word; o++)
		if (word.len == o->len && memcmp(word.at, o->word, o->len) == 0)
			return o;
	return NULL;
}

static struct strview between(struct strview first, struct strview last)
{
	return (struct strview){
		first.at, (size_t)(last.at + last.len - first.at),
	};
}

/* @first: "!" or the option itself, @word: the option */
static bool read_option(struct reading *r, const struct xt_option *o,
			struct strview first, struct strview word)
{
	struct xt_seen q = {
		.a = r->a, .out = r->out,
		.inverted = first.at != word.at,
		.words = between(first, word),
	};

	if (!o->bare) {
		if (!next_word(&r->rest, &q.value))
			return false;
		/* "--tcp-flags MASK COMP" */
		if (o->judge == xt_judge_tcp_flags)
			next_word(&r->rest, &word);
		else
			word = q.value;
		q.words = between(first, word);
		q.value = between(q.value, word);
	}
	o->judge(&q, o->field);
	return true;
}

/* "-m limit --limit 3/min": all of it is one condition, which nothing here tells. */
static void read_unknown(struct reading *r, struct strview first,
			 struct strview name, bool changes)
{
	struct strview word, last = name, rest = r->rest;
	struct condition *c;

	while (next_word(&rest, &word) && !strview_is(word, "-m") &&
	       !strview_is(word, "-j") && !strview_is(word, "-g")) {
		last = word;
		r->rest = rest;
	}
	c = conditions_add(r->out, CONDITION_UNKNOWN, ASKED_OTHER,
			   between(first, last));
	if (c)
		c->changes = changes;
}

static void read_module(struct reading *r, struct strview first)
{
	struct strview name;

	r->module = NULL;
	if (!next_word(&r->rest, &name)) {
		r->out->unread = true;
	} else if (strview_is(name, "comment")) {
		if (rule_text_take(&r->rest, "--comment"))
			rule_text_skip(&r->rest, 1);
	} else {
		r->module = xt_module_find(name);
		if (!r->module || !r->module->options)
			read_unknown(r, first, name,
				     r->module && r->module->changes);
	}
}

/* Return: false: that is the end of what it asks for. */
static bool read_word(struct reading *r, struct strview first)
{
	const struct xt_option *o = NULL;
	struct strview word = first;

	switch (first.len == 2 && *first.at == '-' ? first.at[1] : *first.at) {
	case 'j':
	case 'g':
		return false;
	case 'm':
		read_module(r, first);
		return true;
	case 'c':
		rule_text_skip(&r->rest, 2);
		return true;
	case '!':
		if (first.len == 1 && next_word(&r->rest, &word))
			break;
		r->out->unread = true;
		return false;
	}
	if (r->module && r->module->options)
		o = find_option(r->module->options, word);
	if (!o)
		o = find_option(xt_base_options, word);
	if (!o || !read_option(r, o, first, word))
		r->out->unread = true;
	return !r->out->unread;
}

void xt_conditions(struct conditions *out, struct strview text,
		   const struct asked *a)
{
	struct reading r = { .out = out, .a = a, .rest = text };
	struct strview word;

	out->n = out->failed = 0;
	out->unread = !strview_take(&r.rest, "-A ");
	next_word(&r.rest, &word);
	while (!out->unread && (!out->enough || out->failed < out->enough) &&
	       next_word(&r.rest, &word) && read_word(&r, word))
		;
}
