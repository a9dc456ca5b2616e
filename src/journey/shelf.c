// SPDX-License-Identifier: GPL-2.0-or-later
/* shelf: the journeys under way, by key and by age; those set aside; spare memory. */
#include "journey/shelf.h"

#include <stdlib.h>

#include "journey/journey.h"

static void unlink_age(struct shelf *s, struct journey *j)
{
	*(j->older ? &j->older->newer : &s->oldest) = j->newer;
	*(j->newer ? &j->newer->older : &s->newest) = j->older;
}

static void link_newest(struct shelf *s, struct journey *j)
{
	j->newer = NULL;
	j->older = s->newest;
	*(s->newest ? &s->newest->newer : &s->oldest) = j;
	s->newest = j;
}

static void link_hash(struct shelf *s, struct journey *j)
{
	struct journey **head = &s->bucket[j->key % SHELF_BUCKETS];

	j->hash_next = *head;
	j->hash_prev = head;
	if (*head)
		(*head)->hash_prev = &j->hash_next;
	*head = j;
}

static void unlink_hash(struct journey *j)
{
	*j->hash_prev = j->hash_next;
	if (j->hash_next)
		j->hash_next->hash_prev = j->hash_prev;
}

void shelf_open(struct shelf *s, uint32_t snaplen)
{
	*s = (struct shelf){ .snaplen = snaplen };
}

static void free_list(struct journey *j)
{
	struct journey *next;

	for (; j; j = next) {
		next = j->newer;
		journey_free(j);
	}
}

void shelf_close(struct shelf *s)
{
	free_list(s->oldest);
	free_list(s->aside);
	free_list(s->spare);
}

void shelf_put_back(struct shelf *s, struct journey *j)
{
	link_hash(s, j);
	link_newest(s, j);
	s->open++;
}

/* Memory of closed journeys is used again: no allocation an event. */
struct journey *shelf_add(struct shelf *s, uint64_t key)
{
	struct journey *j = s->spare;

	if (j)
		s->spare = j->newer;
	else
		j = journey_new(s->snaplen);
	if (!j)
		return NULL;
	j->key = key;
	shelf_put_back(s, j);
	return j;
}

void shelf_rekey(struct shelf *s, struct journey *j, uint64_t key)
{
	unlink_hash(j);
	j->key = key;
	link_hash(s, j);
}

void shelf_touch(struct shelf *s, struct journey *j)
{
	if (s->newest == j)
		return;
	unlink_age(s, j);
	link_newest(s, j);
}

void shelf_unbind(struct shelf *s, struct journey *j)
{
	struct journey **at = &s->by_id[j->trace_id % SHELF_IDS];

	if (!j->trace_id)
		return;
	while (*at != j)
		at = &(*at)->id_next;
	*at = j->id_next;
	j->trace_id = 0;
}

struct journey *shelf_find(const struct shelf *s, uint32_t id)
{
	struct journey *j = s->by_id[id % SHELF_IDS];

	while (j && j->trace_id != id)
		j = j->id_next;
	return j;
}

void shelf_bind(struct shelf *s, struct journey *j, uint32_t id)
{
	struct journey *other, **head = &s->by_id[id % SHELF_IDS];

	if (j->trace_id == id)
		return;
	other = shelf_find(s, id);
	if (other)
		shelf_unbind(s, other);
	shelf_unbind(s, j);
	j->trace_id = id;
	j->id_next = *head;
	*head = j;
}

void shelf_trade_ids(struct shelf *s, struct journey *a, struct journey *b)
{
	uint32_t id = a->trace_id;

	shelf_bind(s, a, b->trace_id);
	shelf_bind(s, b, id);
}

void shelf_take(struct shelf *s, struct journey *j)
{
	unlink_age(s, j);
	unlink_hash(j);
	s->open--;
}

void shelf_give_back(struct shelf *s, struct journey *j)
{
	shelf_unbind(s, j);
	j->newer = s->spare;
	s->spare = j;
}

void shelf_set_aside(struct shelf *s, struct journey *j)
{
	shelf_unbind(s, j);
	j->older = NULL;
	j->newer = s->aside;
	if (s->aside)
		s->aside->older = j;
	s->aside = j;
	s->aside_count++;
}

void shelf_fetch(struct shelf *s, struct journey *j)
{
	*(j->older ? &j->older->newer : &s->aside) = j->newer;
	if (j->newer)
		j->newer->older = j->older;
	s->aside_count--;
}
