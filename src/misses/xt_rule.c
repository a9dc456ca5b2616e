// SPDX-License-Identifier: GPL-2.0-or-later
/* xt_rule: what a rule in iptables' words asks for, read off its text once. */
#include "misses/xt_rule.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "misses/shared.h"
#include "misses/xt_modules.h"
#include "misses/xt_transport.h"
#include "place/rule_text.h"

/* A rule's text, and how far it is read. */
struct reading {
	struct xt_rule *out;
	const char *begin;
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

static struct rule_span between(const struct reading *r, struct strview first,
			      struct strview last)
{
	return (struct rule_span){
		(uint32_t)(first.at - r->begin),
		(uint32_t)(last.at + last.len - first.at),
	};
}

/* Return: zeroed; one more than there may be is not understood. */
static struct xt_term *add_condition(struct reading *r)
{
	struct xt_term *t = &r->out->term[r->out->n++];

	memset(t, 0, sizeof(*t));
	t->unread = r->out->n > CONDITIONS_MAX;
	return t;
}

/* Return: false: nothing behind it is read. */
static bool give_up(struct reading *r)
{
	add_condition(r)->unread = true;
	return false;
}

/* @first: "!" or the option itself, @word: the option */
static bool read_option(struct reading *r, const struct xt_option *o,
			struct strview first, struct strview word)
{
	struct strview value = { "", 0 };
	bool inverted = first.at != word.at;
	struct xt_term *t;

	if (!o->bare) {
		if (!next_word(&r->rest, &value))
			return give_up(r);
		word = value;
		/* "--tcp-flags MASK COMP" */
		if (o->read == xt_read_tcp_flags)
			next_word(&r->rest, &word);
		value.len = (size_t)(word.at + word.len - value.at);
	}
	t = add_condition(r);
	t->o = o;
	t->inverted = inverted;
	t->words = between(r, first, word);
	if (!o->bare)
		t->value = between(r, value, value);
	t->valued = o->read && o->read(&t->v, value);
	return !t->unread;
}

/* "-m limit --limit 3/min": all of it is one condition. */
static bool read_whole(struct reading *r, struct strview first,
			 struct strview name)
{
	struct strview word, last = name, rest = r->rest;
	struct xt_term *t = add_condition(r);

	while (next_word(&rest, &word) && !strview_is(word, "-m") &&
	       !strview_is(word, "-j") && !strview_is(word, "-g")) {
		last = word;
		r->rest = rest;
	}
	t->words = between(r, first, last);
	t->o = r->module ? r->module->whole : NULL;
	if (t->o) {
		struct strview value = {
			name.at + name.len, (size_t)(last.at + last.len - name.at) - name.len,
		};

		t->value = between(r, value, value);
		t->valued = t->o->read(&t->v, value);
	}
	t->changes = r->module && r->module->changes;
	t->alone = r->module && r->module->alone;
	return !t->unread;
}

static bool read_module(struct reading *r, struct strview first)
{
	struct strview name;

	r->module = NULL;
	if (!next_word(&r->rest, &name))
		return give_up(r);
	if (strview_is(name, "comment")) {
		if (rule_text_take(&r->rest, "--comment"))
			rule_text_skip(&r->rest, 1);
		return true;
	}
	r->module = xt_module_find(name);
	return (r->module && r->module->options) ||
	       read_whole(r, first, name);
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
		return read_module(r, first);
	case 'c':
		rule_text_skip(&r->rest, 2);
		return true;
	case '!':
		if (first.len == 1 && next_word(&r->rest, &word))
			break;
		return give_up(r);
	}
	if (r->module && r->module->options)
		o = find_option(r->module->options, word);
	if (!o)
		o = find_option(xt_base_options, word);
	return o ? read_option(r, o, first, word) : give_up(r);
}

void xt_rule_read(struct xt_rule *to, struct strview text)
{
	struct reading r = { .out = to, .begin = text.at, .rest = text };
	struct strview word;

	to->n = 0;
	if (!strview_take(&r.rest, "-A ")) {
		give_up(&r);
		return;
	}
	next_word(&r.rest, &word);
	while (next_word(&r.rest, &word) && read_word(&r, word))
		;
}

static void share(struct xt_term *t, const char *text, struct shared *shared)
{
	if (t->o && t->o->is && shared_may_be(t->o->field))
		t->shared = shared_number(shared, t->o, rule_span_text(t->words, text));
}

void *xt_rule_make(struct strview text, struct shared *shared)
{
	struct xt_rule read, *r;
	size_t size;

	xt_rule_read(&read, text);
	for (uint32_t i = 0; i < read.n; i++)
		share(&read.term[i], text.at, shared);
	size = offsetof(struct xt_rule, term) + read.n * sizeof(read.term[0]);
	r = malloc(size);
	if (r)
		memcpy(r, &read, size);
	return r;
}
