// SPDX-License-Identifier: GPL-2.0-or-later
/* side: one of the two recordings: its packets, and the rules that they met. */
#include "diff/side.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "diff/kept.h"
#include "diff/same_rule.h"
#include "journey/journey.h"
#include "journey/near_miss.h"
#include "place/place_types.h"
#include "report/report.h"

enum { ROOM = 256, LOOK_EACH = 256 };

/* Return: the array with room for @i, zeros behind what it had; NULL: no memory. */
static void *make_room(void *array, uint32_t *room, uint32_t i, size_t size)
{
	uint32_t more = *room ? *room : ROOM;
	char *new;

	if (i < *room)
		return array;
	while (more <= i)
		more *= 2;
	new = realloc(array, more * size);
	if (!new)
		return NULL;
	memset(new + *room * size, 0, (more - *room) * size);
	*room = more;
	return new;
}

/* Return: false: it is there already, or there is no memory. */
static bool is_news(struct side *s, uint32_t id)
{
	uint32_t *known = make_room(s->known, &s->known_room, id / 32,
				    sizeof(*known));
	uint32_t bit = UINT32_C(1) << id % 32;

	if (!known)
		return false;
	s->known = known;
	if (known[id / 32] & bit)
		return false;
	known[id / 32] |= bit;
	return true;
}

static void add_rule(struct side *s, const struct place *at)
{
	const struct place **rule;

	if (at->hidden || !is_news(s, at->id))
		return;
	rule = make_room(s->rule, &s->rule_room, s->rules, sizeof(*rule));
	if (!rule)
		return;
	s->rule = rule;
	rule[s->rules++] = at;
}

static void add_rules(struct side *s, const struct journey *j)
{
	for (uint32_t i = 0; i < journey_kept(j); i++)
		add_rule(s, j->step[i].place);
	for (unsigned int b = 0; b < j->branches; b++) {
		const struct near_misses *near = j->fate[b].near;

		for (uint32_t i = 0; near && i < near->count; i++)
			add_rule(s, near->miss[i].at);
	}
}

void side_add(struct side *s, const struct journey *j)
{
	struct journey **more = s->journey, *copy = NULL;

	if (s->count < SIDE_PACKETS &&
	    (s->count % LOOK_EACH || !memory_is_short()))
		more = make_room(s->journey, &s->room, s->count,
				 sizeof(*more));
	if (more && s->count < s->room && !s->more)
		copy = kept_journey(j);
	if (more)
		s->journey = more;
	if (!copy) {
		s->more++;
		return;
	}
	copy->number -= s->before;
	s->journey[s->count++] = copy;
	add_rules(s, copy);
}

/* What is borrowed of @l ends with the call: of it the kinds alone are kept. */
void side_late(struct side *s, const struct report_late *l)
{
	uint64_t number = l->number - s->before;

	for (uint32_t i = s->count; i-- > 0; ) {
		struct fate *f = &s->journey[i]->fate[0];

		if (s->journey[i]->number != number)
			continue;
		if (!l->branch) {
			f->kind = l->fate.kind;
			f->hook = l->fate.hook;
			f->by = NULL;
		}
		return;
	}
}

void side_free(struct side *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		free(s->journey[i]);
	free(s->journey);
	free(s->rule);
	free(s->known);
	free(s->by_rule.bucket);
	free(s->by_rule.next);
	free(s->by_number.bucket);
	free(s->by_number.next);
	*s = (struct side){ NULL };
}

static bool make_index(const struct side *s, struct side_index *x,
		       uint64_t (*key)(const struct place *at))
{
	x->buckets = s->rules + 1;
	x->bucket = malloc(x->buckets * sizeof(*x->bucket));
	x->next = malloc(x->buckets * sizeof(*x->next));
	if (!x->bucket || !x->next)
		return false;
	memset(x->bucket, 0xff, x->buckets * sizeof(*x->bucket));
	for (uint32_t i = s->rules; i-- > 0; ) {
		uint32_t *bucket = &x->bucket[key(s->rule[i]) % x->buckets];

		x->next[i] = *bucket;
		*bucket = i;
	}
	return true;
}

bool side_index(struct side *s)
{
	return make_index(s, &s->by_rule, same_rule_key) &&
	       make_index(s, &s->by_number, same_number_key);
}

bool side_has(const struct side *s, const struct place *rule)
{
	const struct side_index *x = &s->by_rule;

	for (uint32_t i = x->bucket[same_rule_key(rule) % x->buckets];
	     i != UINT32_MAX; i = x->next[i])
		if (same_rule(s->rule[i], rule))
			return true;
	return false;
}

const struct place *side_instead(const struct side *s, const struct place *rule)
{
	const struct side_index *x = &s->by_number;

	for (uint32_t i = x->bucket[same_number_key(rule) % x->buckets];
	     i != UINT32_MAX; i = x->next[i])
		if (same_number(s->rule[i], rule) && s->rule[i]->rule_len &&
		    !s->rule[i]->doubt && !same_text(s->rule[i], rule))
			return s->rule[i];
	return NULL;
}
