// SPDX-License-Identifier: GPL-2.0-or-later
/* words: what iptables-nft-save leaves out of a table that holds rules of others, in iptables' words. */
#include "rules/nft/words.h"

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libnftnl/expr.h>
#include <libnftnl/rule.h>

#include "rules/base/strview.h"
#include "rules/nft/compat.h"
#include "rules/nft/fill.h"
#include "rules/nft/form.h"
#include "rules/nft/rebuild.h"
#include "rules/nft/rebuilt.h"
#include "rules/xtables/render.h"
#include "rules/xtables/xt.h"

enum { WHOLE = UINT32_MAX, PATIENCE_MS = 60000 };

/* In front of each text of a helper's result; rules in their order. */
struct head {
	uint32_t rule;
	uint32_t nth;		/* of its matches and targets, from 0; or WHOLE */
	uint32_t len;
};

struct job {
	const struct nft_maker *m;
	const struct family *f;
	bool whole;
};

static const struct nft_snap_table *words_table_of(const struct nft_maker *m,
						   uint32_t rule)
{
	return &m->table[m->chain[m->rule[rule].chain].table];
}

static bool is_extension(const struct nftnl_expr *x)
{
	const char *name = nftnl_expr_get_str(x, NFTNL_EXPR_NAME);

	return strcmp(name, "match") == 0 || strcmp(name, "target") == 0;
}

static int count_extensions(struct nftnl_expr *x, void *arg)
{
	*(uint32_t *)arg += is_extension(x);
	return 0;
}

/* One that is not listed yet, or whose text has "xt match NAME" for one. */
static bool lacks_words(const struct job *job, uint32_t i)
{
	const struct nft_snap_rule *r = &job->m->rule[i];
	uint32_t count = 0;

	if (r->len && !memmem(nft_snapshot_text(job->m->s, r->text), r->len,
			      "xt ", 3))
		return false;
	nftnl_expr_foreach((struct nftnl_rule *)job->m->object[i],
			   count_extensions, &count);
	return count;
}

static bool wants_whole(const struct job *job, uint32_t i)
{
	const struct nft_snap_rule *r = &job->m->rule[i];
	const struct nft_snap_table *t = words_table_of(job->m, i);

	return job->whole && !r->len &&
	       nft_fill_may_be_iptables(t->nfproto, nft_snapshot_text(
						job->m->s, t->name)) &&
	       nft_expr_is_iptables(job->m->object[i]);
}

static bool is_wanted(const struct job *job, uint32_t i)
{
	return words_table_of(job->m, i)->nfproto == job->f->nfproto &&
	       !job->m->rule[i].iptables &&
	       (wants_whole(job, i) || lacks_words(job, i));
}

static void put(struct helper_out *out, uint32_t rule, uint32_t nth,
		const char *text, size_t len)
{
	const struct head h = { rule, nth, (uint32_t)len };

	helper_append(out, &h, sizeof(h));
	helper_append(out, text, len);
}

/* The extensions of one rule, one after the other. */
struct walk {
	const struct job *job;
	struct helper_out *out;
	uint32_t rule, nth;
	uint8_t proto;
};

static struct rebuilt entry;

/* Behind the protocol, which is in the entry for those who ask for it. */
static int put_extension(struct nftnl_expr *x, void *arg)
{
	struct walk *w = arg;
	const char *text, *at;
	size_t len;

	if (!is_extension(x))
		return 0;
	if (rebuild_extension(w->job->f, x, w->proto, &entry)) {
		text = render_entry(w->job->f, entry.bytes, entry.jump, &len);
		at = memmem(text, len, entry.jump ? " -m " : " -j ", 4);
		if (at)
			put(w->out, w->rule, w->nth, at + 1,
			    len - (size_t)(at + 1 - text));
	}
	w->nth++;
	return 0;
}

static void put_rule(const struct job *job, struct helper_out *out, uint32_t i)
{
	const struct nftnl_rule *r = job->m->object[i];
	struct walk w = { .job = job, .out = out, .rule = i };
	const char *text;
	size_t len;

	if (wants_whole(job, i) && rebuild_rule(job->f, r, &entry)) {
		text = render_entry(job->f, entry.bytes, entry.jump, &len);
		put(out, i, WHOLE, text, len);
		return;
	}
	w.proto = rebuild_proto(r);
	nftnl_expr_foreach((struct nftnl_rule *)r, put_extension, &w);
}

/* Exit status of the child. */
static int render(const void *arg, struct helper_out *out)
{
	static const struct option no_options[] = { { .name = NULL } };
	const struct job *job = arg;

	xt_open_nft(job->f, no_options, nft_compat_match);
	render_open(job->f);
	for (uint32_t i = 0; i < job->m->s->rules; i++)
		if (is_wanted(job, i))
			put_rule(job, out, i);
	return 0;
}

static bool any_wanted(const struct job *job)
{
	for (uint32_t i = 0; i < job->m->s->rules; i++)
		if (is_wanted(job, i))
			return true;
	return false;
}

void nft_words_read(struct nft_words *w, const struct nft_maker *m,
		    const bool whole[FAMILY_COUNT])
{
	struct helper h[FAMILY_COUNT];
	bool started[FAMILY_COUNT];

	memset(w, 0, sizeof(*w));
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		struct job job = { m, families[i], whole[i] };

		started[i] = any_wanted(&job) &&
			helper_start(&h[i], render, &job) == 0;
	}
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (!started[i] || helper_finish(&h[i], PATIENCE_MS,
						 &w->family[i]))
			continue;
		if (w->family[i].status)
			helper_release(&w->family[i]);
	}
	/* Children have this process's result mapped, which it has to seal. */
	helper_collect(true);
}

void nft_words_release(struct nft_words *w)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		helper_release(&w->family[i]);
}

/* The texts of one rule that are left, and the rule's text under construction. */
struct rule_texts {
	const char *at, *end;	/* in a helper's result */
	char *line;
	size_t len;
};

static bool next_text(struct rule_texts *t, struct head *h, const char **text)
{
	if ((size_t)(t->end - t->at) < sizeof(*h))
		return false;
	memcpy(h, t->at, sizeof(*h));
	if ((size_t)(t->end - t->at) - sizeof(*h) < h->len)
		return false;
	*text = t->at + sizeof(*h);
	t->at = *text + h->len;
	return true;
}

static void append(struct rule_texts *t, const char *text, size_t len)
{
	memcpy(t->line + t->len, text, len);
	t->len += len;
}

/* Which match or target a piece of nft's text names: its number, as head.nth. */
struct search {
	const char *kind;	/* "match", "target" */
	struct strview name;
	uint32_t from, seen, found;
};

static int look_at(struct nftnl_expr *x, void *arg)
{
	struct search *s = arg;
	bool match = strcmp(s->kind, "match") == 0;

	if (!is_extension(x))
		return 0;
	if (s->found == WHOLE && s->seen >= s->from &&
	    strcmp(nftnl_expr_get_str(x, NFTNL_EXPR_NAME), s->kind) == 0 &&
	    strview_is(s->name, nftnl_expr_get_str(x, match ? NFTNL_EXPR_MT_NAME
							   : NFTNL_EXPR_TG_NAME)))
		s->found = s->seen;
	s->seen++;
	return 0;
}

/* "xt match u32", or "xt match "u32"" of later versions: of which extension? */
static bool names_extension(const struct nftnl_rule *r, struct strview *rest,
			    uint32_t *nth)
{
	struct strview look = *rest, kind, name;
	struct search s = { .from = *nth, .found = WHOLE };

	if (!strview_quoted(&look, &kind) || !strview_quoted(&look, &name))
		return false;
	if (name.len > 2 && *name.at == '"')
		name = (struct strview){ name.at + 1, name.len - 2 };
	s.kind = strview_is(kind, "match") ? "match"
		 : strview_is(kind, "target") ? "target" : "";
	s.name = name;
	nftnl_expr_foreach((struct nftnl_rule *)r, look_at, &s);
	if (s.found == WHOLE)
		return false;
	*rest = look;
	*nth = s.found;
	return true;
}

/* The text of extension @nth, from where the last one was found on. */
static const char *find_text(struct rule_texts *t, uint32_t rule, uint32_t nth,
			     uint32_t *len)
{
	struct head h;
	const char *text;
	struct rule_texts from = *t;

	while (next_text(&from, &h, &text) && h.rule == rule && h.nth <= nth)
		if (h.nth == nth) {
			*len = h.len;
			return text;
		}
	return NULL;
}

static void replace_extensions(struct nft_maker *m, uint32_t rule,
			       struct rule_texts *t)
{
	struct nft_snap_rule *r = &m->rule[rule];
	struct strview rest = { nft_snapshot_text(m->s, r->text), r->len }, word;
	const char *done = rest.at, *end = rest.at + rest.len, *text;
	uint32_t nth = 0, len;

	while (strview_quoted(&rest, &word)) {
		if (!strview_is(word, "xt") ||
		    !names_extension(m->object[rule], &rest, &nth))
			continue;
		text = find_text(t, rule, nth++, &len);
		if (!text)
			continue;
		append(t, done, (size_t)(word.at - done));
		append(t, text, len);
		done = rest.at;
	}
	if (done == end - r->len)
		return;
	append(t, done, (size_t)(end - done));
	r->text = nft_fill_text(m, t->line, t->len);
	r->len = (uint32_t)t->len;
}

/* "-A CHAIN" and what is behind it. */
static void take_whole(struct nft_maker *m, uint32_t rule, struct rule_texts *t,
		       const char *text, size_t len)
{
	struct nft_snap_rule *r = &m->rule[rule];
	const struct nft_snap_chain *c = &m->chain[r->chain];

	append(t, "-A ", 3);
	append(t, nft_snapshot_text(m->s, c->name), c->name_len);
	append(t, text, len);
	r->text = nft_fill_text(m, t->line, t->len);
	r->len = (uint32_t)t->len;
}

static void fill_rule(struct nft_maker *m, struct rule_texts *t)
{
	const struct rule_texts here = *t;
	struct rule_texts one = here;
	struct head h, next;
	const char *text, *ignored;

	if (!next_text(&one, &h, &text) || h.rule >= m->s->rules) {
		t->at = t->end;
		return;
	}
	one.len = 0;
	if (h.nth == WHOLE) {
		take_whole(m, h.rule, &one, text, h.len);
	} else {
		one.at = here.at;
		replace_extensions(m, h.rule, &one);
	}
	/* Behind all that is of this rule. */
	for (one = here; next_text(&one, &next, &ignored) && next.rule == h.rule;)
		t->at = one.at;
}

void nft_words_fill(struct nft_maker *m, const struct nft_words *w)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const char *data = w->family[i].data;
		struct rule_texts t = { .at = data, .end = data + w->family[i].len };

		/* No text is longer than all of them and the longest of nft's. */
		t.line = data ? malloc(w->family[i].len + m->heap.used + 512)
			      : NULL;
		while (t.line && t.at < t.end)
			fill_rule(m, &t);
		free(t.line);
	}
}
