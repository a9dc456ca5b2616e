// SPDX-License-Identifier: GPL-2.0-or-later
/* report_graph: the ways that the packets took, as a DOT graph, at the end. */
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>

#include "base/outbuf.h"
#include "graph/graph_clusters.h"
#include "graph/graph_dot.h"
#include "graph/graph_edges.h"
#include "graph/graph_nodes.h"
#include "journey/journey.h"
#include "place/place.h"
#include "report/rule_table.h"

#define OVAL "shape=oval, margin=\"0.08,0.03\""

static int graph_open(struct outbuf *o, struct report_env *env)
{
	(void)o;
	env->state = graph_edges_new();
	return env->state ? 0 : -ENOMEM;
}

static void graph_close(struct report_env *env)
{
	graph_edges_free(env->state);
	env->state = NULL;
}

static void graph_forget(struct report_env *env, uint32_t id)
{
	struct graph_edges *w = env->state;

	rule_table_forget(w->rules, id);
}

static void graph_journey(struct outbuf *o, const struct report_env *env,
			  const struct journey *j)
{
	(void)o;
	graph_edges_add(env->state, j);
}

static void graph_late(struct outbuf *o, const struct report_env *env,
		       const struct report_late *l)
{
	(void)o;
	graph_edges_late(env->state, l->was, l->fate.kind, l->branch == 0);
}

/* @box: set for each rule: the number of its chain's */
static void put_boxes(struct outbuf *o, const struct graph_edges *w,
		      const struct graph_node *node, uint32_t count, uint32_t *box)
{
	uint32_t boxes = 0;

	for (uint32_t i = 0, end; i < count; i = end, boxes++) {
		end = i;
		do
			box[node[end++].at->id] = boxes;
		while (end < count && graph_nodes_are_of_one_chain(&node[i], &node[end]));
		graph_dot_chain(o, w, node + i, end - i, boxes);
	}
}

/* Of what packets of several ends passed, neither's. */
static const char *end_color(uint8_t ends)
{
	switch (ends) {
	case GRAPH_WENT_ON:
		return "darkgreen";
	case GRAPH_DROPPED:
		return "red";
	case GRAPH_OTHER:
		return "darkorange";
	default:
		return "gray40";
	}
}

static void put_fates(struct outbuf *o, const struct graph_edges *w)
{
	bool seen[FATE_COUNT] = { false };

	for (uint32_t i = 0; i < GRAPH_EDGES_SLOTS; i++)
		if (w->edge[i].packets && w->edge[i].to >= GRAPH_EDGES_FATES &&
		    w->edge[i].to < GRAPH_EDGES_FATES + FATE_COUNT)
			seen[w->edge[i].to - GRAPH_EDGES_FATES] = true;
	for (uint32_t k = 0; k < FATE_COUNT; k++) {
		if (!seen[k])
			continue;
		outbuf_printf(o,
			      "\tfate%u [label=\"%s\", " OVAL ", color=%s, "
			      "fontcolor=%s];",
			      k, fate_word(k), end_color(graph_edges_end(k)),
			      end_color(graph_edges_end(k)));
		graph_dot_end(o);
	}
}

static void put_from(struct outbuf *o, const struct graph_edges *w, uint32_t node,
		     const uint32_t *box)
{
	if (node == GRAPH_EDGES_START)
		outbuf_text(o, "start");
	else if (node >= GRAPH_EDGES_FATES)
		outbuf_printf(o, "fate%u", node - GRAPH_EDGES_FATES);
	else if (graph_dot_is_row(rule_table_rule(w->rules, node)))
		outbuf_printf(o, "c%u:r%u:e", box[node], node);
	else
		outbuf_printf(o, "c%u", box[node]);
}

/* A pen for 1, 10, 100, ... packets. */
static unsigned int pen(uint64_t packets)
{
	unsigned int width = 1;

	for (; packets >= 10; packets /= 10)
		width++;
	return width;
}

/* Where all that come go one way, the number stands where they came from. */
static void put_edge(struct outbuf *o, const struct graph_edges *w,
		     const struct way *e, const uint32_t *box)
{
	const char *color = end_color(e->ends);

	outbuf_text(o, "\t");
	put_from(o, w, e->from, box);
	if (e->to >= GRAPH_EDGES_FATES)
		outbuf_printf(o, " -> fate%u [", e->to - GRAPH_EDGES_FATES);
	else
		outbuf_printf(o, " -> c%u [", e->to);
	if (graph_edges_is_part(w, e))
		outbuf_printf(o, "label=\"%llu\", ",
			      (unsigned long long)e->packets);
	outbuf_printf(o, "tooltip=\"%llu packet%s\", penwidth=%u, color=%s, "
		      "fontcolor=%s];",
		      (unsigned long long)e->packets,
		      e->packets == 1 ? "" : "s", pen(e->packets), color, color);
	graph_dot_end(o);
}

static int compare_ways(const void *a, const void *b)
{
	const struct way *p = a, *q = b;

	if (p->from != q->from)
		return p->from < q->from ? -1 : 1;
	return p->to < q->to ? -1 : p->to > q->to;
}

/* From a rule to another chain; back to who called nothing is drawn. */
static bool is_drawn(const struct way *e, const uint32_t *box)
{
	if (!e->packets || !e->onward)
		return false;
	return e->from >= GRAPH_EDGES_RULES || e->to >= GRAPH_EDGES_RULES ||
	       box[e->from] != box[e->to];
}

/* The rows of a chain to which a rule leads are one end: their counts tell the rest. */
static void put_edges(struct outbuf *o, const struct graph_edges *w,
		      const uint32_t *box)
{
	struct way *e = malloc((w->edges + 1) * sizeof(*e));
	uint32_t n = 0;

	for (uint32_t i = 0; e && i < GRAPH_EDGES_SLOTS; i++) {
		if (!is_drawn(&w->edge[i], box))
			continue;
		e[n] = w->edge[i];
		if (e[n].to < GRAPH_EDGES_RULES)
			e[n].to = box[e[n].to];
		n++;
	}
	if (n)
		qsort(e, n, sizeof(*e), compare_ways);
	for (uint32_t i = 0; i < n; i++) {
		if (i + 1 < n && compare_ways(&e[i], &e[i + 1]) == 0) {
			e[i + 1].packets += e[i].packets;
			e[i + 1].ends |= e[i].ends;
			continue;
		}
		put_edge(o, w, &e[i], box);
	}
	free(e);
}

static void put_title(struct outbuf *o, const struct graph_edges *w)
{
	const char *separator = ": ";

	outbuf_printf(o,
		      "\tgraph [ranksep=0.25, nodesep=0.2, "
		      "labelloc=t, label=\"%llu packet%s",
		      (unsigned long long)w->packets,
		      w->packets == 1 ? "" : "s");
	for (unsigned int k = 0; k < FATE_COUNT; k++) {
		if (!w->fate[k])
			continue;
		outbuf_printf(o, "%s%llu %s", separator,
			      (unsigned long long)w->fate[k], fate_word(k));
		separator = ", ";
	}
	if (w->copies)
		outbuf_printf(o, "\\n%llu copies besides",
			      (unsigned long long)w->copies);
	if (w->left_out)
		outbuf_printf(o, "\\n%llu steps are left out",
			      (unsigned long long)w->left_out);
	outbuf_text(o, "\"];");
	graph_dot_end(o);
}

static void put_graph(struct outbuf *o, const struct graph_edges *w)
{
	uint32_t count = rule_table_count(w->rules);
	struct graph_node *node = graph_nodes_sort(w, count);
	uint32_t *box = calloc(count + 1, sizeof(*box));

	if (node && box) {
		put_boxes(o, w, node, count, box);
		graph_clusters_put(o, node, count, box);
		put_fates(o, w);
		put_edges(o, w, box);
	}
	free(node);
	free(box);
}

static void graph_finish(struct outbuf *o, const struct report_env *env)
{
	const struct graph_edges *w = env->state;

	outbuf_begin(o);
	outbuf_text(
		o,
		"// nftrace " VERSION ": dot -Tsvg FILE > FILE.svg\n"
		"digraph nftrace {\n"
		"\tfontname=\"sans-serif\";\n"
		"\tnode [shape=box, margin=0, fontname=\"monospace\", fontsize=12];\n"
		"\tedge [fontname=\"sans-serif\", fontsize=11, arrowsize=0.7];");
	graph_dot_end(o);
	put_title(o, w);
	outbuf_printf(o, "\tstart [label=\"%llu packet%s\", " OVAL "];",
		      (unsigned long long)w->packets,
		      w->packets == 1 ? "" : "s");
	graph_dot_end(o);
	put_graph(o, w);
	outbuf_text(o, "}");
	graph_dot_end(o);
	outbuf_end(o);
}

const struct report report_graph = {
	.name = "graph",
	.open = graph_open,
	.journey = graph_journey,
	.late = graph_late,
	.finish = graph_finish,
	.forget = graph_forget,
	.close = graph_close,
};
