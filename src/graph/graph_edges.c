// SPDX-License-Identifier: GPL-2.0-or-later
/* graph_edges: from which rule to which the packets went, counted. */
#include "graph/graph_edges.h"

#include <stdlib.h>
#include <string.h>

#include "grounds/component.h"
#include "place/place_types.h"
#include "report/rule_table.h"

enum {
	EDGES = GRAPH_EDGES_SLOTS / 2,	/* at most; the rest is counted */
	CALLS = 32,		/* chains in chains; what is deeper looks like a call */
};

/* The chains of a table that a packet is in: where it has been last in each. */
struct calls {
	const struct place *at[CALLS];
	unsigned int n;
};

/* A copy's, until it is known where it was made. */
static const uint32_t NOWHERE = UINT32_MAX - 1;

struct graph_edges *graph_edges_new(void)
{
	struct graph_edges *w = calloc(1, sizeof(*w));

	if (w)
		w->rules = rule_table_open(GRAPH_EDGES_RULES);
	if (w && w->rules)
		return w;
	free(w);
	return NULL;
}

void graph_edges_free(struct graph_edges *w)
{
	if (w)
		rule_table_close(w->rules);
	free(w);
}

uint8_t graph_edges_end(uint32_t fate)
{
	if (graph_edges_is_drop(fate))
		return GRAPH_DROPPED;
	return fate == FATE_DELIVERED || fate == FATE_FORWARDED ||
	       fate == FATE_SENT ? GRAPH_WENT_ON : GRAPH_OTHER;
}

bool graph_edges_is_part(const struct graph_edges *w, const struct way *e)
{
	if (e->from < GRAPH_EDGES_RULES)
		return e->packets != w->left[e->from];
	return e->from != GRAPH_EDGES_START || e->packets != w->begun;
}

static void leave(struct graph_edges *w, uint32_t from)
{
	if (from < GRAPH_EDGES_RULES)
		w->left[from]++;
	else if (from == GRAPH_EDGES_START)
		w->begun++;
}

/* Does @q stand behind @p in their chain?  If nobody knows it does. */
static bool is_behind(const struct place *q, const struct place *p)
{
	uint32_t to = q->handle ? q->position : q->number;
	uint32_t from = p->handle ? p->position : p->number;

	return !to || !from || to > from;
}

/* The packet comes to @p: is that back from a chain that was called there? */
static bool comes_back(struct calls *c, const struct place *p)
{
	unsigned int i = c->n && c->at[0]->table == p->table ? c->n : 0;

	c->n = i;
	while (i > 0 && strcmp(c->at[i - 1]->chain, p->chain) != 0)
		i--;
	if (i && is_behind(p, c->at[i - 1])) {
		bool back = i < c->n;

		c->at[i - 1] = p;
		c->n = i;
		return back;
	}
	/* In it already, and from its top: the hook once more. */
	if (i)
		c->n = 0;
	if (c->n < CALLS)
		c->at[c->n++] = p;
	return false;
}

/* @fate: of the packet that went this way; @onward: not back from a call */
static void count(struct graph_edges *w, uint32_t from, uint32_t to,
		  uint8_t fate, bool onward)
{
	uint64_t key = (uint64_t)from << 32 | to;
	uint32_t i = (uint32_t)(key * 0x9e3779b97f4a7c15 >> 40) %
		     GRAPH_EDGES_SLOTS;
	struct way *e = &w->edge[i];

	leave(w, from);
	while (e->packets && (e->from != from || e->to != to)) {
		i = (i + 1) % GRAPH_EDGES_SLOTS;
		e = &w->edge[i];
	}
	if (!e->packets) {
		if (w->edges == EDGES) {
			w->left_out++;
			return;
		}
		w->edges++;
		e->from = from;
		e->to = to;
	}
	e->packets++;
	e->onward |= onward;
	e->ends |= graph_edges_end(fate);
}

static void end_way(struct graph_edges *w, uint32_t from, uint8_t fate)
{
	count(w, from, GRAPH_EDGES_FATES + fate, fate, true);
	if (from < GRAPH_EDGES_RULES && graph_edges_is_drop(fate))
		w->drops[from] = true;
}

/* By the packet that meets it first. */
static void note_owner(struct graph_edges *w, const struct journey *j,
		       const struct step *s, uint32_t id)
{
	if (w->looked[id])
		return;
	w->looked[id] = true;
	w->owner[id] = component_of_rule(j, s->branch, s->place);
}

void graph_edges_add(struct graph_edges *w, const struct journey *j)
{
	uint32_t last[JOURNEY_BRANCHES], id;
	struct calls calls[JOURNEY_BRANCHES];

	w->packets++;
	w->fate[j->fate[0].kind]++;
	last[0] = GRAPH_EDGES_START;
	calls[0].n = 0;
	/* A copy goes on from where the packet was. */
	for (unsigned int b = 1; b < JOURNEY_BRANCHES; b++)
		last[b] = NOWHERE;
	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct step *s = &j->step[i];
		bool back;

		/* There may be more rules than the graph can hold. */
		id = rule_table_find(w->rules, s->place);
		if (id == RULE_TABLE_NONE) {
			w->left_out++;
			continue;
		}
		note_owner(w, j, s, id);
		if (last[s->branch] == NOWHERE) {
			last[s->branch] = last[0];
			calls[s->branch] = calls[0];
		}
		back = comes_back(&calls[s->branch], s->place);
		if (j->omitted && i == JOURNEY_STEPS_FIRST) {
			w->left_out += j->omitted;
			leave(w, last[s->branch]);
		} else {
			count(w, last[s->branch], id,
			      j->fate[s->branch].kind, !back);
		}
		last[s->branch] = id;
	}
	for (unsigned int b = 0; b < j->branches; b++)
		end_way(w, last[b] == NOWHERE ? last[0] : last[b],
			j->fate[b].kind);
	w->copies += j->branches - 1u;
}

void graph_edges_late(struct graph_edges *w, uint8_t was, uint8_t fate,
		      bool counted)
{
	if (was == fate)
		return;
	count(w, GRAPH_EDGES_FATES + was, GRAPH_EDGES_FATES + fate, fate,
	      true);
	/* The packets by fate are as many as the packets. */
	if (!counted || !w->fate[was])
		return;
	w->fate[was]--;
	w->fate[fate]++;
}
