// SPDX-License-Identifier: GPL-2.0-or-later
/* ways: the events of two packets side by side, and where they are not the same. */
#include "diff/ways.h"

#include <string.h>

#include "diff/same_rule.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "place/place_types.h"

/* Both sides' events between what is the same at both ends: beyond, one fork. */
enum { SQUARE = 128 };

/* Indices of the steps that are compared. */
struct line {
	uint32_t n;
	uint16_t step[JOURNEY_STEPS];
};

struct comparison {
	struct ways *w;
	const struct journey *const *j;
	struct line line[PAIR_SIDES];
	/* Of the longest line of events of both from there on. */
	uint8_t longest[SQUARE + 1][SQUARE + 1];
};

static void take_line(struct line *l, const struct journey *j)
{
	l->n = 0;
	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (!j->step[i].branch && !j->step[i].place->hidden)
			l->step[l->n++] = (uint16_t)i;
}

static const char *verdict_at(const struct journey *j, uint32_t step)
{
	const struct map_verdict *v = map_verdict_at(j, step);

	return v ? v->verdict : "";
}

/* The same rule, and of a verdict map the same verdict. */
static bool is_same(const struct comparison *c, uint32_t a, uint32_t b)
{
	const uint32_t left = c->line[0].step[a], right = c->line[1].step[b];

	return same_rule(c->j[0]->step[left].place, c->j[1]->step[right].place) &&
	       strcmp(verdict_at(c->j[0], left), verdict_at(c->j[1], right)) == 0;
}

static uint32_t step_at(const struct comparison *c, unsigned int side,
			uint32_t i)
{
	const struct line *l = &c->line[side];

	return i < l->n ? l->step[i] : journey_kept(c->j[side]);
}

static void add_fork(struct comparison *c, const uint32_t at[PAIR_SIDES],
		     const uint32_t end[PAIR_SIDES])
{
	struct ways *w = c->w;
	struct fork *f = &w->fork[w->forks];

	if (w->forks == FORKS_MAX) {
		w->more++;
		return;
	}
	w->forks++;
	f->before = w->same;
	for (unsigned int s = 0; s < PAIR_SIDES; s++) {
		f->at[s] = step_at(c, s, at[s]);
		f->end[s] = step_at(c, s, end[s]);
	}
}

static void fill(struct comparison *c, const uint32_t at[PAIR_SIDES],
		 uint32_t na, uint32_t nb)
{
	for (uint32_t a = na + 1; a-- > 0; )
		for (uint32_t b = nb + 1; b-- > 0; ) {
			uint8_t down = a < na ? c->longest[a + 1][b] : 0;
			uint8_t right = b < nb ? c->longest[a][b + 1] : 0;
			uint8_t best = down > right ? down : right;

			if (a < na && b < nb &&
			    is_same(c, at[0] + a, at[1] + b))
				best = (uint8_t)(c->longest[a + 1][b + 1] + 1);
			c->longest[a][b] = best;
		}
}

/* From @at to @end of both, by the longest line of events that both have. */
static void walk(struct comparison *c, const uint32_t at[PAIR_SIDES],
		 const uint32_t end[PAIR_SIDES])
{
	uint32_t na = end[0] - at[0], nb = end[1] - at[1], a = 0, b = 0;
	uint32_t from[PAIR_SIDES] = { at[0], at[1] };

	fill(c, at, na, nb);
	while (a < na || b < nb) {
		if (a < na && b < nb && is_same(c, at[0] + a, at[1] + b)) {
			if (from[0] < at[0] + a || from[1] < at[1] + b)
				add_fork(c, from, (uint32_t[]){ at[0] + a,
								at[1] + b });
			from[0] = at[0] + ++a;
			from[1] = at[1] + ++b;
			c->w->same++;
		} else if (b == nb || (a < na && c->longest[a + 1][b] >=
						 c->longest[a][b + 1])) {
			a++;
		} else {
			b++;
		}
	}
	if (from[0] < end[0] || from[1] < end[1])
		add_fork(c, from, end);
}

void ways_compare(struct ways *w, const struct journey *const j[PAIR_SIDES])
{
	struct comparison c = { .w = w, .j = j };
	uint32_t at[PAIR_SIDES], end[PAIR_SIDES], first = 0, last = 0;

	w->same = w->more = w->forks = 0;
	for (unsigned int s = 0; s < PAIR_SIDES; s++) {
		take_line(&c.line[s], j[s]);
		end[s] = c.line[s].n;
	}
	while (first < end[0] && first < end[1] && is_same(&c, first, first))
		first++;
	while (end[0] > first && end[1] > first &&
	       is_same(&c, end[0] - 1, end[1] - 1)) {
		end[0]--;
		end[1]--;
		last++;
	}
	at[0] = at[1] = w->same = first;
	if (end[0] - first > SQUARE || end[1] - first > SQUARE)
		add_fork(&c, at, end);
	else
		walk(&c, at, end);
	w->same += last;
}
