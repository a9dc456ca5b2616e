// SPDX-License-Identifier: GPL-2.0-or-later
/* rule_table: rules that packets met, each once, whatever texts it had meanwhile. */
#include "report/rule_table.h"

#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "place/place.h"
#include "rules/base/hash.h"

enum { BUCKETS = 4096 };

struct rule {
	struct place place;	/* .id: its number */
	char *texts;		/* what its pointers point to */
	uint64_t hash;
	uint32_t next;		/* of the bucket: number + 1; 0: none */
	bool replaced;
};

struct rule_table {
	struct rule *rule;
	uint32_t count, room, max;
	uint32_t *by_place;	/* number + 1, by a place's id; 0: not known */
	uint32_t places;	/* room of .by_place */
	uint32_t bucket[BUCKETS];	/* as .next */
};

struct rule_table *rule_table_open(uint32_t max)
{
	struct rule_table *t = calloc(1, sizeof(*t));

	if (t)
		t->max = max;
	return t;
}

void rule_table_close(struct rule_table *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; i < t->count; i++)
		free(t->rule[i].texts);
	free(t->rule);
	free(t->by_place);
	free(t);
}

static uint64_t hash_of_rule(const struct place *p)
{
	uint64_t h = hash_name(p->backend, p->table, strlen(p->table));

	h = hash_name(h, p->chain, p->chain_len);
	if (p->backend == EVENT_NFT)
		return hash_mix(h, p->handle << 8 | p->family);
	return hash_mix(h, (uint64_t)p->number << 8 | p->nfproto);
}

static bool same_text(const struct place *a, const struct place *b)
{
	return a->rule_len == b->rule_len &&
	       memcmp(a->rule, b->rule, a->rule_len) == 0;
}

/* What has no handle is a chain's end, or a rule that a text tells by its words. */
static bool same_rule(const struct place *a, const struct place *b)
{
	if (a->backend != b->backend || strcmp(a->table, b->table) != 0 ||
	    a->chain_len != b->chain_len ||
	    memcmp(a->chain, b->chain, a->chain_len) != 0)
		return false;
	if (a->backend == EVENT_NFT)
		return a->family == b->family && a->handle == b->handle &&
		       (a->handle || (a->kind == b->kind &&
				      (a->kind != PLACE_RULE ||
				       same_text(a, b))));
	return a->nfproto == b->nfproto && a->number == b->number &&
	       same_text(a, b);
}

/* Terminated, but for a NUL inside. */
static const char *put_row(char **at, const char *text, size_t len)
{
	char *copy = *at;

	memcpy(copy, text, len);
	copy[len] = '\0';
	*at += len + 1;
	return copy;
}

/* The place outlives the one that it is of. */
static bool copy_place(struct rule *r, const struct place *at)
{
	size_t table_len = strlen(at->table);
	char *texts = malloc(table_len + at->chain_len + at->prefix_len +
			     at->rule_len + at->line_len + 5);
	char *to = texts;

	if (!texts)
		return false;
	free(r->texts);
	r->texts = texts;
	r->place = *at;
	r->place.table = put_row(&to, at->table, table_len);
	r->place.chain = put_row(&to, at->chain, at->chain_len);
	r->place.prefix = put_row(&to, at->prefix, at->prefix_len);
	r->place.rule = put_row(&to, at->rule, at->rule_len);
	r->place.line = put_row(&to, at->line, at->line_len);
	r->place.target = "";
	r->place.snap = NULL;
	if (at->backend == EVENT_NFT)
		r->place.nfproto = at->family;
	return true;
}

/* What could not be read is no other text. */
static void note_text(struct rule *r, const struct place *at)
{
	uint32_t number = r->place.id;
	bool had = r->place.rule_len;

	if (!at->rule_len || same_text(&r->place, at) || !copy_place(r, at))
		return;
	r->place.id = number;
	r->replaced |= had;
}

static uint32_t *bucket_of(struct rule_table *t, uint64_t hash)
{
	return &t->bucket[hash % BUCKETS];
}

static void link_rule(struct rule_table *t, uint32_t i, uint64_t hash)
{
	struct rule *r = &t->rule[i];
	uint32_t *head = bucket_of(t, hash);

	r->place.id = i;
	r->replaced = false;
	r->hash = hash;
	r->next = *head;
	*head = i + 1;
}

static void unlink_rule(struct rule_table *t, uint32_t i)
{
	uint32_t *at = bucket_of(t, t->rule[i].hash);

	while (*at != i + 1)
		at = &t->rule[*at - 1].next;
	*at = t->rule[i].next;
}

static bool make_table_room(struct rule_table *t)
{
	uint32_t room = t->room ? t->room * 2 : 64;
	struct rule *more;

	if (t->count < t->room)
		return true;
	more = realloc(t->rule, room * sizeof(*more));
	if (!more)
		return false;
	memset(more + t->room, 0, (room - t->room) * sizeof(*more));
	t->rule = more;
	t->room = room;
	return true;
}

static uint32_t add_rule(struct rule_table *t, const struct place *at, uint64_t hash)
{
	if (t->count == t->max || !make_table_room(t) ||
	    !copy_place(&t->rule[t->count], at))
		return RULE_TABLE_NONE;
	link_rule(t, t->count, hash);
	return t->count++;
}

static uint32_t look_up(struct rule_table *t, const struct place *at)
{
	uint64_t hash = hash_of_rule(at);

	for (uint32_t n = *bucket_of(t, hash); n; n = t->rule[n - 1].next) {
		struct rule *r = &t->rule[n - 1];

		if (r->hash != hash || !same_rule(&r->place, at))
			continue;
		note_text(r, at);
		return n - 1;
	}
	return add_rule(t, at, hash);
}

/* Without memory it is looked up again each time. */
static void remember(struct rule_table *t, uint32_t id, uint32_t i)
{
	uint32_t room = id * 2 + 256, *more;

	if (id >= t->places) {
		more = realloc(t->by_place, room * sizeof(*more));
		if (!more)
			return;
		memset(more + t->places, 0, (room - t->places) * sizeof(*more));
		t->by_place = more;
		t->places = room;
	}
	t->by_place[id] = i + 1;
}

uint32_t rule_table_find(struct rule_table *t, const struct place *at)
{
	uint32_t i;

	if (at->id < t->places && t->by_place[at->id])
		return t->by_place[at->id] - 1;
	i = look_up(t, at);
	if (i != RULE_TABLE_NONE)
		remember(t, at->id, i);
	return i;
}

bool rule_table_renew(struct rule_table *t, uint32_t i, const struct place *at)
{
	unlink_rule(t, i);
	if (!copy_place(&t->rule[i], at)) {
		link_rule(t, i, t->rule[i].hash);
		return false;
	}
	link_rule(t, i, hash_of_rule(at));
	for (uint32_t id = 0; id < t->places; id++)
		if (t->by_place[id] == i + 1)
			t->by_place[id] = 0;
	remember(t, at->id, i);
	return true;
}

void rule_table_forget(struct rule_table *t, uint32_t id)
{
	if (id < t->places)
		t->by_place[id] = 0;
}

uint32_t rule_table_count(const struct rule_table *t)
{
	return t->count;
}

const struct place *rule_table_rule(const struct rule_table *t, uint32_t i)
{
	return &t->rule[i].place;
}

bool rule_table_was_replaced(const struct rule_table *t, uint32_t i)
{
	return t->rule[i].replaced;
}
