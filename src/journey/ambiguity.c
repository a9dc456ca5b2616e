// SPDX-License-Identifier: GPL-2.0-or-later
/* ambiguity: packets of which each could have made an event, and whether that matters. */
#include "journey/ambiguity.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "journey/journey.h"
#include "rules/base/units.h"

/* Apart by no more than this, two times tell no two packets. */
static const uint64_t SAME_TIME_NS = NS_PER_MS;

static void mark_ambiguous(struct journey *a, struct journey *b)
{
	a->flags |= JOURNEY_AMBIGUOUS;
	b->flags |= JOURNEY_AMBIGUOUS;
}

static struct tie *tie_find(const struct journey *j,
			    const struct journey *other)
{
	for (unsigned int i = 0; i < j->ties; i++)
		if (j->tie[i].twin == other)
			return &j->tie[i];
	return NULL;
}

static bool tie_has_room(struct journey *j)
{
	if (!j->tie)
		j->tie = malloc(JOURNEY_TIES * sizeof(*j->tie));
	return j->tie && j->ties < JOURNEY_TIES;
}

static void tie_add(struct journey *j, struct journey *other)
{
	j->tie[j->ties++] = (struct tie){
		.twin = other, .first = j->steps, .last = j->steps,
	};
}

static void tie_remove(struct journey *j, const struct journey *other)
{
	struct tie *t = tie_find(j, other);

	*t = j->tie[--j->ties];
}

void ambiguity_link(struct journey *j, struct journey *other)
{
	struct tie *a = tie_find(j, other), *b = tie_find(other, j);

	j->flags |= JOURNEY_TIED;
	other->flags |= JOURNEY_TIED;
	if (a && b) {
		a->last = j->steps;
		b->last = other->steps;
	} else if (tie_has_room(j) && tie_has_room(other)) {
		tie_add(j, other);
		tie_add(other, j);
	} else {
		mark_ambiguous(j, other);
	}
}

bool ambiguity_linked(const struct journey *j, const struct journey *other)
{
	return tie_find(j, other);
}

void ambiguity_cross(struct journey *j, struct journey *other)
{
	bool tied = ambiguity_linked(j, other);
	struct tie *a, *b;

	ambiguity_link(j, other);
	a = tie_find(j, other);
	b = tie_find(other, j);
	if (!tied && a && b)
		a->first = b->first = 0;
}

static bool same_steps(const struct journey *a, uint32_t from_a,
		       const struct journey *b, uint32_t from_b, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct step *x = &a->step[from_a + i];
		const struct step *y = &b->step[from_b + i];

		if (x->place != y->place || x->mark != y->mark ||
		    x->in != y->in || x->out != y->out ||
		    x->phys_in != y->phys_in || x->phys_out != y->phys_out ||
		    x->branch != y->branch)
			return false;
	}
	return true;
}

static bool same_value(const struct change_value *a,
		       const struct change_value *b)
{
	return a->number == b->number && a->port == b->port &&
	       memcmp(a->addr, b->addr, sizeof(a->addr)) == 0;
}

/* How many changes were made before step @from had an end. */
static unsigned int changes_before(const struct journey *j, uint32_t from)
{
	unsigned int i = 0;

	while (i < j->changes && j->change[i].step + 1u < from)
		i++;
	return i;
}

static bool same_change(const struct change *a, uint32_t from_a,
			const struct change *b, uint32_t from_b)
{
	return a->step - from_a == b->step - from_b && a->maker == b->maker &&
	       a->field == b->field && same_value(&a->from, &b->from) &&
	       same_value(&a->to, &b->to);
}

static bool same_changes(const struct journey *a, uint32_t from_a,
			 const struct journey *b, uint32_t from_b)
{
	unsigned int i = changes_before(a, from_a);
	unsigned int k = changes_before(b, from_b);

	if (a->changes - i != b->changes - k)
		return false;
	for (; i < a->changes; i++, k++)
		if (!same_change(&a->change[i], from_a, &b->change[k], from_b))
			return false;
	return true;
}

static bool same_fates(const struct journey *a, const struct journey *b)
{
	if (a->branches != b->branches)
		return false;
	for (unsigned int i = 0; i < a->branches; i++) {
		const struct fate *x = &a->fate[i], *y = &b->fate[i];

		if (x->kind != y->kind || x->hook != y->hook ||
		    x->out != y->out || x->by != y->by)
			return false;
	}
	return true;
}

/* Both did the same from there on: either may have done it. */
static bool share_end(const struct journey *a, uint32_t from_a,
		      const struct journey *b, uint32_t from_b)
{
	uint32_t n = a->steps - from_a;

	return n == b->steps - from_b && same_fates(a, b) &&
	       same_steps(a, from_a, b, from_b, n) &&
	       same_changes(a, from_a, b, from_b);
}

static bool same_bytes(const struct journey *a, const struct journey *b)
{
	return a->first.length == b->first.length &&
	       a->first.caplen == b->first.caplen && a->uid == b->uid &&
	       a->hw_header_len == b->hw_header_len &&
	       memcmp(a->hw_header, b->hw_header, a->hw_header_len) == 0 &&
	       memcmp(a->bytes.first, b->bytes.first, a->first.caplen) == 0;
}

/*
 * Two journeys of the same bytes, with the same events so far and at one time: whichever
 * went on in either way, the two stories are the same.
 */
static bool same_beginning(const struct journey *a, const struct journey *b,
			   uint32_t steps)
{
	unsigned int changes = changes_before(a, steps);
	uint64_t apart = a->first_ns > b->first_ns ?
		a->first_ns - b->first_ns : b->first_ns - a->first_ns;

	if (apart > SAME_TIME_NS || !same_bytes(a, b) ||
	    !same_steps(a, 0, b, 0, steps) ||
	    changes != changes_before(b, steps))
		return false;
	for (unsigned int i = 0; i < changes; i++)
		if (!same_change(&a->change[i], 0, &b->change[i], 0))
			return false;
	return true;
}

static bool is_torn(const struct journey *j)
{
	return j->flags & (JOURNEY_GAP | JOURNEY_HEADLESS) || j->omitted;
}

/*
 * Those of nft are told apart by ids, those of legacy tables are not: after the
 * last tie the way may have gone over from the one to the other.
 */
static bool is_of_both(const struct journey *j)
{
	return j->flags & JOURNEY_NFT && j->flags & JOURNEY_LEGACY;
}

static bool makes_no_difference(const struct journey *a, const struct tie *x,
				const struct journey *b, const struct tie *y)
{
	if (is_torn(a) || is_torn(b))
		return false;
	return share_end(a, x->first, b, y->first) ||
	       (same_bytes(a, b) && share_end(a, 0, b, 0)) ||
	       (x->last == y->last && !is_of_both(a) && !is_of_both(b) &&
		same_beginning(a, b, x->last));
}

void ambiguity_resolve(struct journey *j, struct journey *other)
{
	if (!makes_no_difference(j, tie_find(j, other), other, tie_find(other, j)))
		mark_ambiguous(j, other);
	tie_remove(j, other);
	tie_remove(other, j);
}

void ambiguity_abandon(struct journey *j)
{
	while (j->ties) {
		struct journey *other = j->tie[j->ties - 1].twin;

		mark_ambiguous(j, other);
		tie_remove(other, j);
		j->ties--;
	}
}
