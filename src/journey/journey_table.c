// SPDX-License-Identifier: GPL-2.0-or-later
/* journey_table: the journeys under way, by key and by age; those set aside; spare memory. */
#include "journey/journey_table.h"

#include <stdlib.h>

#include "journey/journey.h"

static void unlink_age(struct journey_table *s, struct journey *j)
{
	struct journey *older = j->links.older, *newer = j->links.newer;

	*(older ? &older->links.newer : &s->oldest) = newer;
	*(newer ? &newer->links.older : &s->newest) = older;
}

static void link_newest(struct journey_table *s, struct journey *j)
{
	j->links.newer = NULL;
	j->links.older = s->newest;
	*(s->newest ? &s->newest->links.newer : &s->oldest) = j;
	s->newest = j;
}

/* @bucket: of those under way, or of those that are over */
static void link_hash(struct journey **bucket, struct journey *j)
{
	struct journey **head = &bucket[j->key % JOURNEY_TABLE_BUCKETS];

	j->links.hash_next = *head;
	j->links.hash_prev = head;
	if (*head)
		(*head)->links.hash_prev = &j->links.hash_next;
	*head = j;
}

static void unlink_hash(struct journey *j)
{
	*j->links.hash_prev = j->links.hash_next;
	if (j->links.hash_next)
		j->links.hash_next->links.hash_prev = j->links.hash_prev;
}

void journey_table_open(struct journey_table *s, uint32_t snaplen)
{
	s->snaplen = snaplen;
}

static void free_list(struct journey *j)
{
	struct journey *next;

	for (; j; j = next) {
		next = j->links.newer;
		journey_free(j);
	}
}

void journey_table_close(struct journey_table *s)
{
	free_list(s->oldest);
	free_list(s->aside);
	free_list(s->spare);
}

void journey_table_put_back(struct journey_table *s, struct journey *j)
{
	unlink_hash(j);
	link_hash(s->bucket, j);
	link_newest(s, j);
	s->moves++;
	s->open++;
}

/* Memory of closed journeys is used again: no allocation an event. */
struct journey *journey_table_take(struct journey_table *s, uint64_t key)
{
	struct journey *j = s->spare;

	if (j)
		s->spare = j->links.newer;
	else
		j = journey_new(s->snaplen);
	if (!j)
		return NULL;
	j->key = key;
	link_hash(s->over, j);
	return j;
}

struct journey *journey_table_add(struct journey_table *s, uint64_t key)
{
	struct journey *j = journey_table_take(s, key);

	if (j)
		journey_table_put_back(s, j);
	return j;
}

void journey_table_rekey(struct journey_table *s, struct journey *j,
			 uint64_t key)
{
	unlink_hash(j);
	j->key = key;
	link_hash(s->bucket, j);
	s->moves++;
}

void journey_table_renew(struct journey_table *s, struct journey *j)
{
	unlink_age(s, j);
	link_newest(s, j);
}

void journey_table_unbind(struct journey_table *s, struct journey *j)
{
	struct journey **at = &s->by_id[j->trace_id % JOURNEY_TABLE_IDS];

	if (!j->trace_id)
		return;
	while (*at != j)
		at = &(*at)->links.id_next;
	*at = j->links.id_next;
	j->trace_id = 0;
}

struct journey *journey_table_find(const struct journey_table *s, uint32_t id)
{
	struct journey *j = s->by_id[id % JOURNEY_TABLE_IDS];

	while (j && j->trace_id != id)
		j = j->links.id_next;
	return j;
}

void journey_table_bind(struct journey_table *s, struct journey *j, uint32_t id)
{
	struct journey *other, **head = &s->by_id[id % JOURNEY_TABLE_IDS];

	if (j->trace_id == id)
		return;
	other = journey_table_find(s, id);
	if (other)
		journey_table_unbind(s, other);
	journey_table_unbind(s, j);
	j->trace_id = id;
	j->links.id_next = *head;
	*head = j;
}

void journey_table_trade_ids(struct journey_table *s, struct journey *a,
			     struct journey *b)
{
	uint32_t id = a->trace_id;

	journey_table_bind(s, a, b->trace_id);
	journey_table_bind(s, b, id);
}

void journey_table_remove(struct journey_table *s, struct journey *j)
{
	unlink_age(s, j);
	unlink_hash(j);
	link_hash(s->over, j);
	s->moves++;
	s->open--;
}

void journey_table_free_journey(struct journey_table *s, struct journey *j)
{
	journey_table_unbind(s, j);
	unlink_hash(j);
	j->links.newer = s->spare;
	s->spare = j;
}

void journey_table_set_aside(struct journey_table *s, struct journey *j)
{
	journey_table_unbind(s, j);
	j->links.older = NULL;
	j->links.newer = s->aside;
	if (s->aside)
		s->aside->links.older = j;
	s->aside = j;
	s->aside_count++;
}

void journey_table_fetch(struct journey_table *s, struct journey *j)
{
	struct journey *older = j->links.older, *newer = j->links.newer;

	*(older ? &older->links.newer : &s->aside) = newer;
	if (newer)
		newer->links.older = older;
	s->aside_count--;
}
