// SPDX-License-Identifier: GPL-2.0-or-later
/* changed: rules that are not the same in both recordings, as far as packets have met them. */
#include "diff/changed.h"

#include <string.h>

#include "diff/same_rule.h"
#include "place/place_name.h"
#include "place/place_types.h"

/*
 * Comparisons of one rule with another, at most: of more it is said that they are.  Rules that are
 * others have to be looked for among all of both sides: in one recording of a host each
 * once, but a stranger's may have all of its rules at one place.
 */
enum { BUDGET = 1 << 26, SEARCHES = 1 << 22 };

static void add(struct changed *c, enum changed_how how, const struct place *a,
		const struct place *b)
{
	if (c->count == CHANGED_MAX) {
		c->more++;
		return;
	}
	c->rule[c->count++] = (struct changed_rule){ how, { a, b } };
}

/* Both stand there: if neither does anywhere else, one was put in the other's place. */
static bool is_other_text(const struct place *a, const struct place *b)
{
	if (!a->rule_len || !b->rule_len || a->doubt || b->doubt)
		return false;
	return (rule_is_policy(a) && rule_is_policy(b) ? place_same_chain(a, b)
						       : same_number(a, b)) &&
	       !same_text(a, b);
}

static bool is_moved(const struct place *a, const struct place *b)
{
	return a->kind == PLACE_RULE && !rule_is_policy(a) && place_number(a) &&
	       place_number(b) && place_number(a) != place_number(b) &&
	       place_same_chain(a, b) && same_text(a, b);
}

/* Of a chain the first one is told.  Return: which that is so far; NULL: none */
static struct changed_rule *moved_in(struct changed *c, const struct place *chain)
{
	for (uint32_t i = 0; i < c->count; i++)
		if (c->rule[i].how == CHANGED_PLACE &&
		    place_same_chain(c->rule[i].at[0], chain))
			return &c->rule[i];
	return NULL;
}

static bool is_behind(const struct place *a, const struct changed_rule *told)
{
	return told && place_number(a) >= place_number(told->at[0]);
}

static void add_moved(struct changed *c, const struct place *a,
		      const struct place *b)
{
	struct changed_rule *told = moved_in(c, a);

	if (told)
		*told = (struct changed_rule){ CHANGED_PLACE, { a, b } };
	else
		add(c, CHANGED_PLACE, a, b);
}

/* The same text twice in a chain: which of them it is nobody knows. */
static bool is_there_twice(const struct side *s, const struct place *at)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < s->rules; i++)
		n += place_same_chain(s->rule[i], at) && same_text(s->rule[i], at) &&
		     place_number(s->rule[i]) != place_number(at);
	return n;
}

/* Return: what that cost; 0: neither, as no search was needed to see */
static uint64_t compare_sides(struct changed *c, const struct side side[PAIR_SIDES],
			      const struct place *a, const struct place *b)
{
	if (a == b)
		return 0;
	if (is_other_text(a, b)) {
		if (!side_has(&side[1], a) && !side_has(&side[0], b))
			add(c, CHANGED_TEXT, a, b);
	} else if (is_moved(a, b) && !is_behind(a, moved_in(c, a))) {
		if (!is_there_twice(&side[0], a) && !is_there_twice(&side[1], b))
			add_moved(c, a, b);
	} else {
		return 0;
	}
	return (uint64_t)side[0].rules + side[1].rules;
}

void changed_find(struct changed *c, const struct side *side)
{
	uint64_t cost = 0;

	c->count = c->more = 0;
	c->cut = (uint64_t)side[0].rules * side[1].rules > BUDGET;
	if (c->cut)
		return;
	for (uint32_t i = 0; i < side[0].rules; i++)
		for (uint32_t k = 0; k < side[1].rules && cost < SEARCHES; k++)
			cost += compare_sides(c, side, side[0].rule[i],
					      side[1].rule[k]);
	c->cut = cost >= SEARCHES;
}
