// SPDX-License-Identifier: GPL-2.0-or-later
/* report_graph: the ways that the packets took, as a DOT graph, at the end. */
#include "report/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "base/outbuf.h"
#include "capture/event.h"
#include "graph/graph_edges.h"
#include "graph/graph_nodes.h"
#include "journey/journey.h"
#include "place/place.h"
#include "report/rule_gist.h"
#include "report/rule_table.h"
#include "rules/base/family.h"
#include "rules/nft/snapshot.h"

enum {
	LABEL = 36,		/* characters a line of a node's text */
	LINES = 3,
};

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

/* One statement more; the file's reader may be slower than we are. */
static void end_statement(struct outbuf *o)
{
	outbuf_text(o, "\n");
	outbuf_end(o);
	if (outbuf_full(o))
		outbuf_drain(o);
	outbuf_begin(o);
}

/* Is a line of @at characters to end in front of this one? */
static bool wraps(char c, size_t at, size_t width)
{
	if (!width || (c & 0xc0) == 0x80)
		return false;
	return (at >= width && c == ' ') || at >= width + width / 2;
}

/* The inside of a DOT string; lines of about @width characters, 0: one line. */
static void put_quoted(struct outbuf *o, const char *text, size_t len,
		       size_t width, unsigned int lines)
{
	size_t room = 4 * len + 1, n, at = 0;
	char *safe = malloc(room);

	if (!safe)
		return;
	n = escape_text(safe, room, text, len);
	for (size_t i = 0; i < n; i++) {
		if (wraps(safe[i], at, width)) {
			if (--lines == 0) {
				outbuf_text(o, "...");
				break;
			}
			outbuf_text(o, "\\l");
			at = 0;
			if (safe[i] == ' ')
				continue;
		}
		if (safe[i] == '"' || safe[i] == '\\')
			outbuf_text(o, "\\");
		outbuf_bytes(o, &safe[i], 1);
		at += (safe[i] & 0xc0) != 0x80;
	}
	free(safe);
}

static void put_rule(struct outbuf *o, const struct place *p)
{
	char *words = p->rule_len ? malloc(p->rule_len) : NULL;
	size_t n = words ? rule_gist(words, p->rule_len, p) : 0;

	if (n)
		put_quoted(o, words, n, LABEL, LINES);
	else
		outbuf_text(o, p->kind == PLACE_RETURN ? "end of chain" : "?");
	free(words);
}

static void put_node(struct outbuf *o, const struct graph_edges *w,
		     const struct place *p)
{
	outbuf_printf(o, "\t\t\tn%u [label=\"", p->id);
	if (p->handle && !p->counted)
		outbuf_printf(o, "handle %llu  ",
			      (unsigned long long)p->handle);
	else if (place_number(p))
		outbuf_printf(o, "%u  ", place_number(p));
	put_rule(o, p);
	outbuf_text(o, "\\l\", tooltip=\"");
	put_quoted(o, p->line, p->line_len - 1, 0, 0);
	outbuf_text(o, "\"");
	if (w->drops[p->id])
		outbuf_text(o, ", color=red, fontcolor=red");
	outbuf_text(o, "];");
	end_statement(o);
}

static void open_box(struct outbuf *o, const char *indent, unsigned int number,
		     const char *label, const char *family)
{
	outbuf_printf(o, "%ssubgraph cluster_%u { label=\"", indent, number);
	put_quoted(o, label, strlen(label), 0, 0);
	outbuf_printf(o, "%s%s\";", *family ? " " : "", family);
	end_statement(o);
}

static const char *const indents[GRAPH_LEVELS] = { "\t", "\t\t", "\t\t" };

static void close_boxes(struct outbuf *o, const struct graph_node *n,
			enum graph_level outermost)
{
	for (int l = GRAPH_LEVELS - 1; n && l >= (int)outermost; l--)
		if (l != GRAPH_OWNER || *n->owner)
			outbuf_printf(o, "%s}\n", indents[l]);
}

static void open_boxes(struct outbuf *o, const struct graph_node *n,
		       enum graph_level outermost, unsigned int *boxes)
{
	const struct place *p = n->at;

	if (outermost <= GRAPH_TABLE)
		open_box(o, indents[GRAPH_TABLE], (*boxes)++, p->table,
			 p->backend == EVENT_NFT ?
				 nft_snapshot_family(p->family) :
				 family_by_nfproto(p->nfproto)->name);
	if (outermost <= GRAPH_OWNER && *n->owner)
		open_box(o, indents[GRAPH_OWNER], (*boxes)++, n->owner, "");
	if (outermost <= GRAPH_CHAIN)
		open_box(o, indents[GRAPH_CHAIN], (*boxes)++, p->chain, "");
}

static void put_boxes(struct outbuf *o, const struct graph_edges *w)
{
	uint32_t count = rule_table_count(w->rules);
	struct graph_node *node = graph_nodes_sort(w, count);
	const struct graph_node *before = NULL;
	unsigned int boxes = 0;

	for (uint32_t i = 0; node && i < count; before = &node[i++]) {
		enum graph_level parts = graph_nodes_part(before, &node[i]);

		close_boxes(o, before, parts);
		open_boxes(o, &node[i], parts, &boxes);
		put_node(o, w, node[i].at);
	}
	close_boxes(o, before, GRAPH_TABLE);
	end_statement(o);
	free(node);
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
			      "\tfate%u [label=\"%s\", shape=oval, color=%s, "
			      "fontcolor=%s];",
			      k, fate_word(k), end_color(graph_edges_end(k)),
			      end_color(graph_edges_end(k)));
		end_statement(o);
	}
}

static void put_end(struct outbuf *o, uint32_t node)
{
	if (node == GRAPH_EDGES_START)
		outbuf_text(o, "start");
	else if (node >= GRAPH_EDGES_FATES)
		outbuf_printf(o, "fate%u", node - GRAPH_EDGES_FATES);
	else
		outbuf_printf(o, "n%u", node);
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
		     const struct way *e)
{
	const char *color = end_color(e->ends);

	outbuf_text(o, "\t");
	put_end(o, e->from);
	outbuf_text(o, " -> ");
	put_end(o, e->to);
	outbuf_text(o, " [");
	if (graph_edges_is_part(w, e))
		outbuf_printf(o, "label=\"%llu\", ",
			      (unsigned long long)e->packets);
	outbuf_printf(o, "tooltip=\"%llu packet%s\", penwidth=%u, color=%s, "
		      "fontcolor=%s];",
		      (unsigned long long)e->packets,
		      e->packets == 1 ? "" : "s", pen(e->packets), color, color);
	end_statement(o);
}

static void put_edges(struct outbuf *o, const struct graph_edges *w)
{
	for (uint32_t i = 0; i < GRAPH_EDGES_SLOTS; i++)
		if (w->edge[i].packets)
			put_edge(o, w, &w->edge[i]);
}

static void put_title(struct outbuf *o, const struct graph_edges *w)
{
	const char *separator = ": ";

	/* Boxes may be gone through several times: hence newrank. */
	outbuf_printf(o,
		      "\tgraph [newrank=true, ranksep=0.2, nodesep=0.15, "
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
	end_statement(o);
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
		"\tnode [shape=box, fontname=\"monospace\", fontsize=10, "
		"margin=\"0.08,0.03\", height=0.2];\n"
		"\tedge [fontname=\"sans-serif\", fontsize=9, arrowsize=0.6];");
	end_statement(o);
	put_title(o, w);
	outbuf_printf(o, "\tstart [label=\"%llu packet%s\", shape=oval];",
		      (unsigned long long)w->packets,
		      w->packets == 1 ? "" : "s");
	end_statement(o);
	put_boxes(o, w);
	put_fates(o, w);
	put_edges(o, w);
	outbuf_text(o, "}");
	end_statement(o);
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
