// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_history: iptables' tables as they were read, and which reading an event's rule is of. */
#include "place/legacy_history.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* A reading ends where its snapshot does. */
static void unmap(const struct snapshot *s)
{
	munmap((void *)s, s->end);
}

static struct legacy_table *add_table(struct legacy_history *h,
				      const struct snapshot *s,
				      unsigned int index)
{
	struct legacy_table *t = &h->table[h->tables++];

	memset(t, 0, sizeof(*t));
	memcpy(t->name, s->table[index].name, sizeof(t->name));
	t->at[LEGACY_NOW].snap = s;
	t->at[LEGACY_NOW].index = index;
	t->certain = true;
	return t;
}

void legacy_history_begin(struct legacy_history *h,
			  const struct snapshot *first)
{
	h->first = h->latest = first;
	for (unsigned int i = 0; first && i < first->tables; i++)
		add_table(h, first, i);
}

void legacy_history_end(struct legacy_history *h)
{
	while (h->readings)
		unmap(h->reading[--h->readings]);
}

struct legacy_table *legacy_history_find(struct legacy_history *h,
					 const char *name, size_t len)
{
	for (unsigned int i = 0; i < h->tables; i++)
		if (strlen(h->table[i].name) == len &&
		    memcmp(h->table[i].name, name, len) == 0)
			return &h->table[i];
	return NULL;
}

static bool is_reading_needed(const struct legacy_history *h, const struct snapshot *s)
{
	if (s == h->latest)
		return true;
	for (unsigned int i = 0; i < h->tables; i++)
		for (unsigned int age = 0; age < LEGACY_AGES; age++)
			if (h->table[i].at[age].snap == s)
				return true;
	return false;
}

static void sweep(struct legacy_history *h)
{
	unsigned int left = 0;

	for (unsigned int i = 0; i < h->readings; i++)
		if (is_reading_needed(h, h->reading[i]))
			h->reading[left++] = h->reading[i];
		else
			unmap(h->reading[i]);
	h->readings = left;
}

static uint32_t own_rules_at(const struct snapshot *s, unsigned int table,
			     unsigned int hook)
{
	const struct snap_table *t = &s->table[table];

	for (uint32_t i = 0; i < t->chains; i++) {
		const struct snap_chain *c =
			snapshot_chain(s, t->first_chain + i);

		if (c->hook == hook)
			return c->count << 16 ^ c->own_before;
	}
	return 0;
}

static bool same_numbers(const struct snapshot *a, unsigned int table_a,
			 const struct snapshot *b, unsigned int table_b)
{
	uint32_t hooks = a->table[table_a].valid_hooks;

	for (unsigned int hook = 0; hooks >> hook; hook++)
		if (own_rules_at(a, table_a, hook) !=
		    own_rules_at(b, table_b, hook))
			return false;
	return true;
}

bool legacy_history_same(const struct snapshot *a, unsigned int table_a,
			 const struct snapshot *b, unsigned int table_b,
			 bool numbered)
{
	return a->table[table_a].digest == b->table[table_b].digest &&
	       (!numbered || same_numbers(a, table_a, b, table_b));
}

/* What was straddling already may be of rules that lie in between. */
static void renew(struct legacy_table *t, const struct snapshot *s,
		  unsigned int index, bool certain, uint32_t fence)
{
	t->fence = fence;
	t->certain = certain && !t->at[LEGACY_THEN].snap;
	if (!t->at[LEGACY_THEN].snap)
		t->at[LEGACY_THEN] = t->at[LEGACY_NOW];
	t->at[LEGACY_NOW].snap = s;
	t->at[LEGACY_NOW].index = index;
}

unsigned int legacy_history_push(struct legacy_history *h,
				 const struct snapshot *snap, bool numbered,
				 bool certain, uint32_t fence)
{
	unsigned int changed = 0;

	for (unsigned int i = 0; i < snap->tables; i++) {
		const char *name = snap->table[i].name;
		struct legacy_table *t =
			legacy_history_find(h, name, strlen(name));

		if (t && legacy_history_same(t->at[LEGACY_NOW].snap,
					     t->at[LEGACY_NOW].index, snap, i,
					     numbered))
			continue;
		if (t)
			renew(t, snap, i, certain, fence);
		else if (h->tables < SNAP_TABLES)
			t = add_table(h, snap, i);
		if (t)
			changed |= 1u << (t - h->table);
	}
	h->latest = snap;
	sweep(h);
	h->reading[h->readings++] = snap;
	return changed;
}

unsigned int legacy_history_settle(struct legacy_history *h, uint32_t read)
{
	unsigned int changed = 0;

	for (unsigned int i = 0; i < h->tables; i++) {
		struct legacy_table *t = &h->table[i];

		if (!t->at[LEGACY_THEN].snap || (int32_t)(read - t->fence) < 0)
			continue;
		t->at[LEGACY_THEN].snap = NULL;
		changed |= 1u << i;
	}
	sweep(h);
	return changed;
}
