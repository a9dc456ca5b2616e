// SPDX-License-Identifier: GPL-2.0-or-later
/* graph_edges: from which rule to which the packets went, counted. */
#include "report/graph_edges.h"

#include <stdlib.h>

#include "place/place.h"

enum { EDGES = 1 << 15 };	/* at most; the rest is counted */

/* A copy's, until it is known where it was made. */
static const uint32_t NOWHERE = UINT32_MAX - 1;

struct graph_edges *graph_edges_new(void)
{
	return calloc(1, sizeof(struct graph_edges));
}

void graph_edges_free(struct graph_edges *w)
{
	free(w);
}

static void count(struct graph_edges *w, uint32_t from, uint32_t to)
{
	uint64_t key = (uint64_t)from << 32 | to;
	uint32_t i = (uint32_t)(key * 0x9e3779b97f4a7c15 >> 40) %
		     GRAPH_EDGES_SLOTS;
	struct way *e = &w->edge[i];

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
}

/* The node of a step; false: there are more rules than the graph can hold. */
static bool node_of(struct graph_edges *w, const struct place *at, uint32_t *id)
{
	if (at->id >= GRAPH_EDGES_PLACES)
		return false;
	if (!w->place[at->id]) {
		w->place[at->id] = at;
		w->places++;
	}
	*id = at->id;
	return true;
}

static void end_way(struct graph_edges *w, uint32_t from, uint8_t fate)
{
	count(w, from, GRAPH_EDGES_FATES + fate);
	if (from < GRAPH_EDGES_PLACES && graph_edges_is_drop(fate))
		w->drops[from] = true;
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

		if (!node_of(w, s->place, &id)) {
			w->left_out++;
			continue;
		}
		if (last[s->branch] == NOWHERE)
			last[s->branch] = last[0];
		if (j->omitted && i == JOURNEY_STEPS_FIRST)
			w->left_out += j->omitted;
		else
			count(w, last[s->branch], id);
		last[s->branch] = id;
	}
	for (unsigned int b = 0; b < j->branches; b++)
		end_way(w, last[b] == NOWHERE ? last[0] : last[b],
			j->fate[b].kind);
	w->copies += j->branches - 1u;
}
