// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_memory: packets that were told of, for drop records that come late. */
#include "reader/drop_memory.h"

#include <stdlib.h>

#include "rules/base/units.h"

enum { NOBODY = UINT16_MAX, BUCKETS = DROP_MEMORY_PACKETS };

struct drop_memory {
	struct drop_memory_entry entry[DROP_MEMORY_PACKETS];
	uint16_t bucket[BUCKETS];	/* the newest of each, by .next older */
	uint32_t count, next;		/* filled; the oldest, once all are */
};

struct drop_memory *drop_memory_open(void)
{
	struct drop_memory *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	for (unsigned int i = 0; i < BUCKETS; i++)
		m->bucket[i] = NOBODY;
	return m;
}

void drop_memory_close(struct drop_memory *m)
{
	free(m);
}

static uint16_t *head(struct drop_memory *m, uint64_t key)
{
	return &m->bucket[key % BUCKETS];
}

static void forget(struct drop_memory *m, const struct drop_memory_entry *e)
{
	if (e->before != NOBODY)
		m->entry[e->before].next = e->next;
	else
		*head(m, e->key) = e->next;
	if (e->next != NOBODY)
		m->entry[e->next].before = e->before;
}

struct drop_memory_entry *drop_memory_add(struct drop_memory *m, uint64_t key)
{
	uint16_t i = (uint16_t)m->next, *first;
	struct drop_memory_entry *e = &m->entry[i];

	if (m->count == DROP_MEMORY_PACKETS)
		forget(m, e);
	else
		m->count++;
	m->next = (m->next + 1) % DROP_MEMORY_PACKETS;
	first = head(m, key);
	*e = (struct drop_memory_entry){
		.key = key, .next = *first, .before = NOBODY,
	};
	if (*first != NOBODY)
		m->entry[*first].before = i;
	*first = i;
	return e;
}

static bool may_be(const struct drop_memory_entry *e,
		   const struct drop_sight *s)
{
	return e->key == s->key && !e->taken && e->last_ns <= s->read_ns &&
	       s->read_ns - e->last_ns < DROP_MEMORY_MS * NS_PER_MS;
}

struct drop_memory_entry *drop_memory_find(struct drop_memory *m,
					   const struct drop_sight *s,
					   unsigned int *twins)
{
	struct drop_memory_entry *best = NULL;
	int most = DROP_SCORE_NONE;

	*twins = 0;
	for (uint16_t i = *head(m, s->key); i != NOBODY; i = m->entry[i].next) {
		struct drop_memory_entry *e = &m->entry[i];
		int score = may_be(e, s) ? drop_score(s, &e->look)
					 : DROP_SCORE_NONE;

		if (score <= DROP_SCORE_NONE || score < most)
			continue;
		*twins = score > most ? 1 : *twins + 1;
		most = score;
		/* The later in the list, the older. */
		best = e;
	}
	return best;
}
