// SPDX-License-Identifier: GPL-2.0-or-later
/* mask_place: places in the rules in output for strangers, each made once. */
#include "mask/mask_place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "capture/event.h"
#include "mask/mask_name.h"
#include "mask/mask_rule.h"
#include "mask/mask_words.h"
#include "place/place_texts.h"
#include "place/place_types.h"

/* One of them, and of which texts it was made. */
struct masked {
	struct place place;
	struct place_texts texts;
	char *chain;
	const char *from_rule, *from_prefix;
	uint32_t from_len;
};

enum { NAME = 128, TABLES = 256 };

/* A table's name is one pointer for all its places, here as well. */
struct table {
	const char *from;
	char to[NAME];
};

struct mask_places {
	struct mask *m;
	struct table *table[TABLES];
	unsigned int tables;
	struct masked **masked;	/* by id */
	uint32_t room;
};

struct mask_places *mask_places_open(struct mask *m)
{
	struct mask_places *ps = calloc(1, sizeof(*ps));

	if (ps)
		ps->m = m;
	return ps;
}

static void free_texts(struct masked *e)
{
	place_texts_free(&e->texts);
	free(e->chain);
	e->texts = (struct place_texts){ NULL };
	e->chain = NULL;
	e->from_prefix = NULL;
}

void mask_places_forget(struct mask_places *ps, uint32_t id)
{
	if (id >= ps->room || !ps->masked[id])
		return;
	free_texts(ps->masked[id]);
	free(ps->masked[id]);
	ps->masked[id] = NULL;
}

void mask_places_close(struct mask_places *ps)
{
	if (!ps)
		return;
	for (uint32_t id = 0; id < ps->room; id++)
		mask_places_forget(ps, id);
	for (unsigned int i = 0; i < ps->tables; i++)
		free(ps->table[i]);
	free(ps->masked);
	free(ps);
}

/* A copy as long as it is. */
static char *keep(struct strbuf *s, uint32_t *len)
{
	char *copy = malloc(s->len + 1);

	if (!copy)
		return NULL;
	memcpy(copy, s->buf, s->len + 1);
	*len = (uint32_t)s->len;
	return copy;
}

static char *make_rule(struct mask *m, const struct place *at, uint32_t *len)
{
	size_t room = MASK_RULE_ROOM(at->rule_len);
	struct strbuf s = { malloc(room), room, 0 };
	char *text;

	if (!s.buf)
		return NULL;
	s.buf[0] = '\0';
	mask_rule(m, &s, (struct strview){ at->rule, at->rule_len });
	text = keep(&s, len);
	free(s.buf);
	return text;
}

/* Of IPv4 or an inet table; what stands between the names and behind them is the kernel's. */
static void put_prefix(struct strbuf *s, const struct place *at,
		       const struct place *masked)
{
	struct strview rest = { at->prefix, at->prefix_len };
	const char *number = memrchr(rest.at, ':', rest.len);
	const char *kind = number ? memrchr(rest.at, ':',
					    (size_t)(number - rest.at)) : NULL;
	struct strview words = rest, word;

	if (!kind) {
		strbuf_text(s, "TRACE: ?");
		return;
	}
	strview_word(&words, &word);
	strbuf_text(s, "TRACE: ");
	if (at->backend == EVENT_NFT && strview_word(&words, &word) &&
	    strview_word(&words, &word) && mask_words_has(word))
		strbuf_add(s, "nft %.*s ", (int)word.len, word.at);
	strbuf_add(s, "%s:%s%.*s", masked->table, masked->chain,
		   (int)(rest.at + rest.len - kind), kind);
}

/* Return: NULL: no memory; of more tables than there are anywhere, one name. */
static const char *find_table(struct mask_places *ps, const char *from)
{
	struct table *t;
	struct strbuf s;

	for (unsigned int i = 0; i < ps->tables; i++)
		if (ps->table[i]->from == from)
			return ps->table[i]->to;
	if (ps->tables == TABLES)
		return "table-0";
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->from = from;
	s = (struct strbuf){ t->to, sizeof(t->to), 0 };
	mask_table(ps->m, &s, (struct strview){ from, strlen(from) });
	ps->table[ps->tables++] = t;
	return t->to;
}

static bool make_names(struct mask_places *ps, struct masked *e,
		       const struct place *at)
{
	struct strbuf chain = { NULL, NAME, 0 };

	e->chain = chain.buf = calloc(1, NAME);
	e->texts.target = calloc(1, NAME);
	e->place.table = find_table(ps, at->table);
	if (!e->chain || !e->texts.target || !e->place.table)
		return false;
	mask_chain(ps->m, &chain, (struct strview){ at->chain, at->chain_len });
	e->place.chain = chain.buf;
	e->place.chain_len = (uint32_t)chain.len;
	return true;
}

static void make_target(struct mask *m, struct masked *e,
			const struct place *at)
{
	struct strview target = { at->target, strlen(at->target) };
	struct strbuf s = { e->texts.target, NAME, 0 };

	if (target.len && !mask_words_has(target))
		mask_chain(m, &s, target);
	else
		strbuf_text(&s, at->target);
	e->place.target = e->texts.target;
}

/* Where in the masked rule the target or chain is that it names: the last such word. */
static void find_name(struct mask *m, struct place *p, const struct place *at)
{
	char name[NAME] = "";
	struct strbuf s = { name, sizeof(name), 0 };
	struct strview word = { at->rule + at->names_at, at->names_len };
	const char *found = p->rule, *next = p->rule;

	p->names_len = 0;
	if (!at->names_len)
		return;
	if (mask_words_has(word))
		strbuf_add(&s, "%.*s", (int)word.len, word.at);
	else
		mask_chain(m, &s, word);
	for (; next; next = memmem(found + 1, p->rule_len - (size_t)(found + 1 -
				   p->rule), name, s.len)) {
		found = next;
		if (p->rule_len - (size_t)(found - p->rule) < s.len ||
		    memcmp(found, name, s.len) != 0)
			continue;
		p->names_at = (uint32_t)(found - p->rule);
		p->names_len = (uint32_t)s.len;
	}
}

static bool make_texts(struct mask_places *ps, struct masked *e,
		       const struct place *at)
{
	char prefix[1024] = "";
	struct strbuf s = { prefix, sizeof(prefix), 0 };
	struct place *p = &e->place;

	free_texts(e);
	if (!make_names(ps, e, at))
		return false;
	make_target(ps->m, e, at);
	put_prefix(&s, at, p);
	e->texts.prefix = keep(&s, &p->prefix_len);
	e->texts.rule = make_rule(ps->m, at, &p->rule_len);
	if (!e->texts.prefix || !e->texts.rule)
		return false;
	p->prefix = e->texts.prefix;
	p->rule = e->texts.rule;
	if (!place_build_line(p, &e->texts))
		return false;
	find_name(ps->m, p, at);
	e->from_prefix = at->prefix;
	e->from_rule = at->rule;
	e->from_len = at->rule_len;
	return true;
}

/* What may change while the texts stay. */
static void renew(struct place *p, const struct place *at)
{
	const struct place texts = *p;

	*p = *at;
	p->snap = NULL;
	p->holder = NULL;
	p->prefix = texts.prefix;
	p->prefix_len = texts.prefix_len;
	p->rule = texts.rule;
	p->rule_len = texts.rule_len;
	p->line = texts.line;
	p->line_len = texts.line_len;
	p->table = texts.table;
	p->chain = texts.chain;
	p->chain_len = texts.chain_len;
	p->target = texts.target;
	p->names_at = texts.names_at;
	p->names_len = texts.names_len;
}

static struct masked *entry(struct mask_places *ps, uint32_t id)
{
	uint32_t room = id * 2 + 256;
	struct masked **more;

	if (id >= ps->room) {
		more = realloc(ps->masked, room * sizeof(struct masked *));
		if (!more)
			return NULL;
		memset(more + ps->room, 0,
		       (room - ps->room) * sizeof(struct masked *));
		ps->masked = more;
		ps->room = room;
	}
	if (!ps->masked[id])
		ps->masked[id] = calloc(1, sizeof(struct masked));
	return ps->masked[id];
}

const struct place *mask_place(struct mask_places *ps, const struct place *at)
{
	struct masked *e = entry(ps, at->id);

	if (!e)
		return NULL;
	if ((e->from_prefix != at->prefix || e->from_rule != at->rule ||
	     e->from_len != at->rule_len) && !make_texts(ps, e, at)) {
		free_texts(e);
		return NULL;
	}
	renew(&e->place, at);
	return &e->place;
}
