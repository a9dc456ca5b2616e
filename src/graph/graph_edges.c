// SPDX-License-Identifier: GPL-2.0-or-later
/* graph_edges: from which rule to which the packets went, counted. */
#include "graph/graph_edges.h"

#include <stdlib.h>

#include "grounds/component.h"
#include "report/rule_table.h"

enum { EDGES = 1 << 15 };	/* at most; the rest is counted */

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

/* @fate: of the packet that went this way */
static void count(struct graph_edges *w, uint32_t from, uint32_t to,
		  uint8_t fate)
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
	e->ends |= graph_edges_end(fate);
}

static void end_way(struct graph_edges *w, uint32_t from, uint8_t fate)
{
	count(w, from, GRAPH_EDGES_FATES + fate, fate);
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

	w->packets++;
	w->fate[j->fate[0].kind]++;
	last[0] = GRAPH_EDGES_START;
	/* A copy goes on from where the packet was. */
	for (unsigned int b = 1; b < JOURNEY_BRANCHES; b++)
		last[b] = NOWHERE;
	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct step *s = &j->step[i];

		/* There may be more rules than the graph can hold. */
		id = rule_table_find(w->rules, s->place);
		if (id == RULE_TABLE_NONE) {
			w->left_out++;
			continue;
		}
		note_owner(w, j, s, id);
		if (last[s->branch] == NOWHERE)
			last[s->branch] = last[0];
		if (j->omitted && i == JOURNEY_STEPS_FIRST)
			w->left_out += j->omitted;
		else
			count(w, last[s->branch], id,
			      j->fate[s->branch].kind);
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
	count(w, GRAPH_EDGES_FATES + was, GRAPH_EDGES_FATES + fate, fate);
	/* The packets by fate are as many as the packets. */
	if (!counted || !w->fate[was])
		return;
	w->fate[was]--;
	w->fate[fate]++;
}
