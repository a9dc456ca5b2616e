// SPDX-License-Identifier: GPL-2.0-or-later
/* graph_clusters: a frame around the chains of one table that one program has written. */
#include "graph/graph_clusters.h"

#include <stdbool.h>
#include <string.h>

#include "base/outbuf.h"
#include "graph/graph_dot.h"
#include "graph/graph_nodes.h"
#include "place/place_types.h"
#include "rules/base/units.h"

/* The rules of one table, and where its frames are drawn. */
struct table {
	struct outbuf *o;
	const struct graph_node *node;
	const uint32_t *box;
	uint32_t count;
};

static uint32_t box_of(const struct table *t, uint32_t i)
{
	return t->box[t->node[i].at->id];
}

static bool is_of(const struct table *t, uint32_t i, const char *owner)
{
	return strcmp(t->node[i].owner, owner) == 0;
}

/* Is it the first rule of its chain? */
static bool is_first(const struct table *t, uint32_t i)
{
	return !i || box_of(t, i) != box_of(t, i - 1);
}

static uint32_t chains_of(const struct table *t, const char *owner)
{
	uint32_t chains = 0;

	for (uint32_t i = 0; i < t->count; i++)
		chains += is_first(t, i) && is_of(t, i, owner);
	return chains;
}

/* Owners that a table was looked through for. */
struct owners {
	const char *name[64];
	unsigned int n;
};

static bool is_new(struct owners *seen, const char *owner)
{
	for (unsigned int i = 0; i < seen->n; i++)
		if (strcmp(seen->name[i], owner) == 0)
			return false;
	if (seen->n == ARRAY_SIZE(seen->name))
		return false;
	seen->name[seen->n++] = owner;
	return true;
}

static void put_cluster(const struct table *t, const char *owner, uint32_t number)
{
	outbuf_printf(t->o, "\tsubgraph cluster%u { label=\"%s\"; style=rounded; "
		      "color=gray60; fontcolor=gray30; fontsize=11;", number, owner);
	for (uint32_t i = 0; i < t->count; i++)
		if (is_first(t, i) && is_of(t, i, owner))
			outbuf_printf(t->o, " c%u;", box_of(t, i));
	outbuf_text(t->o, " }");
	graph_dot_end(t->o);
}

static void put_table(const struct table *t, uint32_t *clusters)
{
	struct owners seen = { .n = 0 };

	for (uint32_t i = 0; i < t->count; i++) {
		const char *owner = t->node[i].owner;

		if (*owner && is_new(&seen, owner) && chains_of(t, owner) > 1)
			put_cluster(t, owner, (*clusters)++);
	}
}

void graph_clusters_put(struct outbuf *o, const struct graph_node *node, uint32_t count,
			const uint32_t *box)
{
	uint32_t clusters = 0;

	for (uint32_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count &&
		     graph_nodes_are_of_one_table(&node[i], &node[end]); end++)
			;
		put_table(&(struct table){ o, node + i, box, end - i }, &clusters);
	}
}
