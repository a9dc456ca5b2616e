// SPDX-License-Identifier: GPL-2.0-or-later
/* graph_nodes: the rules of a graph in the order of the boxes of which they are rows. */
#include "graph/graph_nodes.h"

#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "graph/graph_edges.h"
#include "grounds/component_types.h"
#include "place/place_types.h"
#include "report/rule_table.h"

static int compare_tables(const struct place *p, const struct place *q)
{
	int d = (int)p->nfproto - (int)q->nfproto;

	if (!d)
		d = (int)p->backend - (int)q->backend;
	if (!d)
		d = (int)p->family - (int)q->family;
	/* A table of nft may have chains of any order, and has one box. */
	if (!d && p->backend == EVENT_LEGACY)
		d = (int)p->order - (int)q->order;
	return d ? d : strcmp(p->table, q->table);
}

/* Behind all others is nft's policy, and where a rule is that nobody knows. */
static uint32_t row_of(const struct place *p)
{
	uint32_t row = p->backend == EVENT_NFT ? p->position : p->number;

	return row ? row : UINT32_MAX;
}

static int compare(const void *a, const void *b)
{
	const struct graph_node *m = a, *n = b;
	const struct place *p = m->at, *q = n->at;
	uint32_t row = row_of(p), other = row_of(q);
	int d = compare_tables(p, q);

	if (!d)
		d = strcmp(p->chain, q->chain);
	if (!d)
		d = row < other ? -1 : row > other;
	return d ? d : (p->id < q->id ? -1 : p->id > q->id);
}

static bool is_of_one_box(const struct place *p, const struct place *q)
{
	return compare_tables(p, q) == 0 && strcmp(p->chain, q->chain) == 0;
}

static void find_owners(struct graph_node *node, uint32_t count,
			const struct graph_edges *w)
{
	for (uint32_t i = 0, end; i < count; i = end) {
		const struct component *of = w->owner[node[i].at->id];

		for (end = i; end < count &&
		     is_of_one_box(node[i].at, node[end].at); end++)
			if (w->owner[node[end].at->id] != of)
				of = NULL;
		for (uint32_t k = i; k < end; k++)
			node[k].owner = of ? of->name : "";
	}
}

struct graph_node *graph_nodes_sort(const struct graph_edges *w, uint32_t count)
{
	struct graph_node *node = malloc((count + 1) * sizeof(*node));

	for (uint32_t i = 0; node && i < count; i++)
		node[i] = (struct graph_node){ rule_table_rule(w->rules, i), "" };
	if (!node)
		return NULL;
	qsort(node, count, sizeof(*node), compare);
	find_owners(node, count, w);
	return node;
}

bool graph_nodes_are_of_one_table(const struct graph_node *a, const struct graph_node *b)
{
	return compare_tables(a->at, b->at) == 0;
}

bool graph_nodes_are_of_one_chain(const struct graph_node *a, const struct graph_node *b)
{
	return is_of_one_box(a->at, b->at);
}
