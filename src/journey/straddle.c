// SPDX-License-Identifier: GPL-2.0-or-later
/* straddle: which rules a packet met while a table was changing, told by all its events. */
#include "journey/straddle.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "journey/journey.h"
#include "journey/path_next.h"
#include "place/legacy_history.h"
#include "place/place.h"

enum { ANY_AGE = (1 << LEGACY_AGES) - 1 };

/* The events of one branch in a table at one hook: steps [.from, .end). */
struct pass {
	struct journey *j;
	unsigned int branch;
	uint32_t from, end;
	unsigned int ages;	/* of which its rules can be, a bit each */
	uint8_t renewal;	/* the change that tells them apart; 0: none so far */
	const struct place *last;	/* of its last event, before it is resolved */
	bool straddles;
};

static unsigned int ages_of(const struct step *s)
{
	const struct place *at = s->place;
	unsigned int ages = 0;

	if (!at->straddles)
		return s->ages ? s->ages : ANY_AGE;
	for (unsigned int age = 0; age < LEGACY_AGES; age++)
		if (place_of_age(at, age))
			ages |= 1u << age;
	return ages;
}

/* What is after one change is before the next: ages of two cannot be compared. */
static void compare_ages(struct pass *p, const struct step *s)
{
	p->ages &= ages_of(s);
	p->straddles |= s->place->straddles;
	if (!s->renewal)
		return;
	if (p->renewal && p->renewal != s->renewal)
		p->ages = 0;
	p->renewal = s->renewal;
}

/* A pass begins in a builtin chain, and stays in its table. */
static struct pass find_pass(struct journey *j, unsigned int branch,
			     uint32_t from)
{
	struct pass p = {
		.j = j, .branch = branch, .from = from, .ages = ANY_AGE,
	};
	const struct place *first = j->step[from].place;
	uint8_t hook = first->hook;
	uint32_t i;

	for (i = from; i < journey_kept(j); i++) {
		const struct place *at = j->step[i].place;

		if (j->step[i].branch != branch)
			continue;
		if (at->table != first->table ||
		    (at->hook < NF_INET_NUMHOOKS && at->hook != hook))
			break;
		compare_ages(&p, &j->step[i]);
		p.last = at;
	}
	p.end = i;
	return p;
}

static const struct place *place_of(const struct place *at, unsigned int age)
{
	return at->straddles ? place_of_age(at, age) : at;
}

/* Do jumps and returns lead from each event to the next, by the rules of one age? */
static bool leads_through(const struct pass *p, unsigned int age)
{
	struct path path = { .last = NULL };

	for (uint32_t i = p->from; i < p->end; i++) {
		const struct step *s = &p->j->step[i];

		if (s->branch == p->branch &&
		    !path_walk(&path, place_of(s->place, age)))
			return false;
	}
	return true;
}

/* Where no event is missing, what lies between two of them tells as well. */
static void walk(struct pass *p)
{
	if (p->ages != ANY_AGE || p->j->omitted || p->j->flags & JOURNEY_GAP)
		return;
	for (unsigned int age = 0; age < LEGACY_AGES; age++)
		if (!leads_through(p, age))
			p->ages &= ~(1u << age);
}

/* The one age that is left, or -1. */
static int only_age(const struct pass *p)
{
	return p->ages == 1u << LEGACY_THEN ? LEGACY_THEN
	       : p->ages == 1u << LEGACY_NOW ? LEGACY_NOW : -1;
}

static const struct place *resolve_place(const struct pass *p,
					 const struct place *at)
{
	int age = only_age(p);

	return age >= 0 ? place_of(at, (unsigned int)age) : at;
}

static void resolve_pass(const struct pass *p)
{
	for (uint32_t i = p->from; i < p->end; i++) {
		struct step *s = &p->j->step[i];

		if (s->branch == p->branch)
			s->place = resolve_place(p, s->place);
	}
}

/*
 * The last event, too, and with it how the packet went on.  Others may have met its
 * place since, behind later changes: what it was then is the step's to say.
 */
static void resolve_end(const struct pass *p)
{
	struct path *path = &p->j->path[p->branch];
	const struct place *at = path->last;

	if (at->straddles && (at == p->last || at->renewal == p->renewal))
		at = resolve_place(p, at);
	if (at != path->last)
		path_is_known(path, at);
}

static void resolve_branch(struct journey *j, unsigned int branch)
{
	struct pass p = { .end = 0 };

	for (uint32_t i = 0; i < journey_kept(j); i = p.end) {
		if (j->step[i].branch != branch) {
			p.end = i + 1;
			continue;
		}
		p = find_pass(j, branch, i);
		if (!p.straddles)
			continue;
		walk(&p);
		if (only_age(&p) < 0)
			j->flags |= JOURNEY_STRADDLES;
		else
			resolve_pass(&p);
	}
	if (p.j)
		resolve_end(&p);
}

void straddle_resolve(struct journey *j)
{
	for (unsigned int b = 0; b < j->branches; b++)
		if (j->path[b].straddles)
			resolve_branch(j, b);
}
