// SPDX-License-Identifier: GPL-2.0-or-later
/* report_graph: the ways that the packets took, as a DOT graph, at the end. */
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "family.h"
#include "journey.h"
#include "nft_snapshot.h"
#include "out.h"
#include "place.h"
#include "safe.h"

enum {
	EDGES = 1 << 15,	/* at most; the rest is counted */
	SLOTS = 2 * EDGES,
	PLACES = 1 << 15,
	LABEL = 36,		/* characters a line of a node's text */
	LINES = 3,
};

/* Nodes that are no rule: where all begin, and where each ends. */
static const uint32_t START = UINT32_MAX, NOWHERE = UINT32_MAX - 1;
#define FATES (UINT32_MAX - 1 - FATE_COUNT)

struct edge {
	uint32_t from, to;	/* ids of places, or a node from above */
	uint64_t packets;	/* 0: a free slot */
};

struct state {
	uint64_t packets, copies;
	uint64_t fate[FATE_COUNT];	/* of packets */
	uint64_t left_out;		/* steps for which there was no room */
	uint32_t edges, places;
	bool drops[PLACES];		/* by id: some packet ended there */
	const struct place *place[PLACES];	/* by id */
	struct edge edge[SLOTS];
};

static int graph_open(struct out *o, struct report_env *env)
{
	(void)o;
	env->state = calloc(1, sizeof(struct state));
	return env->state ? 0 : -ENOMEM;
}

static void graph_close(struct report_env *env)
{
	free(env->state);
	env->state = NULL;
}

static void count(struct state *st, uint32_t from, uint32_t to)
{
	uint64_t key = (uint64_t)from << 32 | to;
	uint32_t i = (uint32_t)(key * 0x9e3779b97f4a7c15 >> 40) % SLOTS;
	struct edge *e = &st->edge[i];

	while (e->packets && (e->from != from || e->to != to)) {
		i = (i + 1) % SLOTS;
		e = &st->edge[i];
	}
	if (!e->packets) {
		if (st->edges == EDGES) {
			st->left_out++;
			return;
		}
		st->edges++;
		e->from = from;
		e->to = to;
	}
	e->packets++;
}

/* The node of a step; false: there are more rules than the graph can hold. */
static bool node_of(struct state *st, const struct place *at, uint32_t *id)
{
	if (at->id >= PLACES)
		return false;
	if (!st->place[at->id]) {
		st->place[at->id] = at;
		st->places++;
	}
	*id = at->id;
	return true;
}

static bool is_drop(uint32_t fate)
{
	return fate == FATE_DROP || fate == FATE_REJECT;
}

static void end_way(struct state *st, uint32_t from, uint8_t fate)
{
	count(st, from, FATES + fate);
	if (from < PLACES && is_drop(fate))
		st->drops[from] = true;
}

static void graph_journey(struct out *o, const struct report_env *env,
			  const struct journey *j)
{
	struct state *st = env->state;
	uint32_t last[JOURNEY_BRANCHES], id;

	(void)o;
	st->packets++;
	st->fate[j->fate[0].kind]++;
	last[0] = START;
	/* A copy goes on from where the packet was. */
	for (unsigned int b = 1; b < j->branches; b++)
		last[b] = NOWHERE;
	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct step *s = &j->step[i];

		if (!node_of(st, s->place, &id)) {
			st->left_out++;
			continue;
		}
		if (last[s->branch] == NOWHERE)
			last[s->branch] = last[0];
		if (j->omitted && i == JOURNEY_STEPS_FIRST)
			st->left_out += j->omitted;
		else
			count(st, last[s->branch], id);
		last[s->branch] = id;
	}
	for (unsigned int b = 0; b < j->branches; b++)
		end_way(st, last[b] == NOWHERE ? last[0] : last[b],
			j->fate[b].kind);
	st->copies += j->branches - 1u;
}

/* ---- the file */

/* One statement more; the file's reader may be slower than we are. */
static void end_statement(struct out *o)
{
	out_text(o, "\n");
	out_end(o);
	if (out_full(o))
		out_drain(o);
	out_begin(o);
}

/* Is a line of @at characters to end in front of this one? */
static bool wraps(char c, size_t at, size_t width)
{
	if (!width || (c & 0xc0) == 0x80)
		return false;
	return (at >= width && c == ' ') || at >= width + width / 2;
}

/* The inside of a DOT string; lines of about @width characters, 0: one line. */
static void put_quoted(struct out *o, const char *text, size_t len,
		       size_t width, unsigned int lines)
{
	size_t room = 4 * len + 1, n, at = 0;
	char *safe = malloc(room);

	if (!safe)
		return;
	n = safe_text(safe, room, text, len);
	for (size_t i = 0; i < n; i++) {
		if (wraps(safe[i], at, width)) {
			if (--lines == 0) {
				out_text(o, "...");
				break;
			}
			out_text(o, "\\l");
			at = 0;
			if (safe[i] == ' ')
				continue;
		}
		if (safe[i] == '"' || safe[i] == '\\')
			out_text(o, "\\");
		out_bytes(o, &safe[i], 1);
		at += (safe[i] & 0xc0) != 0x80;
	}
	free(safe);
}

/* What stands behind "-A CHAIN" or "-P CHAIN". */
static void put_rule(struct out *o, const struct place *p)
{
	size_t head = 3 + (size_t)p->chain_len + 1;

	if (p->rule_len > head && p->rule[0] == '-')
		put_quoted(o, p->rule + head, p->rule_len - head, LABEL,
			   LINES);
	else if (p->rule_len)
		put_quoted(o, p->rule, p->rule_len, LABEL, LINES);
	else
		out_text(o, p->kind == PLACE_RETURN ? "end of chain" : "?");
}

static void put_node(struct out *o, const struct state *st,
		     const struct place *p)
{
	out_printf(o, "\t\t\tn%u [label=\"", p->id);
	/* Rules of nft have handles instead. */
	if (p->number || p->handle)
		out_printf(o, "%llu  ", p->number ? p->number :
			   (unsigned long long)p->handle);
	put_rule(o, p);
	out_text(o, "\\l\", tooltip=\"");
	put_quoted(o, p->line, p->line_len - 1, 0, 0);
	out_text(o, "\"");
	if (st->drops[p->id])
		out_text(o, ", color=red, fontcolor=red");
	out_text(o, "];");
	end_statement(o);
}

static int compare(const void *a, const void *b)
{
	const struct place *p = *(const struct place *const *)a;
	const struct place *q = *(const struct place *const *)b;
	int d = (int)p->nfproto - (int)q->nfproto;

	if (!d)
		d = (int)p->backend - (int)q->backend;
	if (!d)
		d = (int)p->family - (int)q->family;
	if (!d)
		d = (int)p->order - (int)q->order;
	if (!d)
		d = strcmp(p->table, q->table);
	if (!d)
		d = strcmp(p->chain, q->chain);
	if (!d)
		d = p->number < q->number ? -1 : p->number > q->number;
	return d ? d : (p->id < q->id ? -1 : p->id > q->id);
}

static bool same_table(const struct place *p, const struct place *q)
{
	return p && p->nfproto == q->nfproto && p->backend == q->backend &&
	       p->family == q->family && strcmp(p->table, q->table) == 0;
}

static void open_box(struct out *o, const char *indent, unsigned int number,
		     const char *label, const char *family)
{
	out_printf(o, "%ssubgraph cluster_%u { label=\"", indent, number);
	put_quoted(o, label, strlen(label), 0, 0);
	out_printf(o, "%s%s\";", *family ? " " : "", family);
	end_statement(o);
}

/* Tables are boxes, chains are boxes in them. */
static void put_boxes(struct out *o, const struct state *st)
{
	const struct place **sorted = malloc((st->places + 1) *
					     sizeof(*sorted));
	const struct place *before = NULL;
	unsigned int n = 0, boxes = 0;

	if (!sorted)
		return;
	for (uint32_t i = 0; i < PLACES && n < st->places; i++)
		if (st->place[i])
			sorted[n++] = st->place[i];
	qsort(sorted, n, sizeof(*sorted), compare);
	for (unsigned int i = 0; i < n; i++) {
		const struct place *p = sorted[i];
		bool table = same_table(before, p);
		bool chain = table && strcmp(before->chain, p->chain) == 0;

		if (before && !chain)
			out_text(o, "\t\t}\n");
		if (before && !table)
			out_text(o, "\t}\n");
		if (!table)
			open_box(o, "\t", boxes++, p->table,
				 p->backend == EVENT_NFT ?
				 nft_snapshot_family(p->family) :
				 family_by_nfproto(p->nfproto)->name);
		if (!chain)
			open_box(o, "\t\t", boxes++, p->chain, "");
		put_node(o, st, p);
		before = p;
	}
	if (before)
		out_text(o, "\t\t}\n\t}");
	end_statement(o);
	free(sorted);
}

static const char *fate_color(uint32_t kind)
{
	return is_drop(kind) ? "red" :
	       kind == FATE_DELIVERED || kind == FATE_FORWARDED ||
	       kind == FATE_SENT ? "darkgreen" : "darkorange";
}

static void put_fates(struct out *o, const struct state *st)
{
	bool seen[FATE_COUNT] = { false };

	for (uint32_t i = 0; i < SLOTS; i++)
		if (st->edge[i].packets && st->edge[i].to >= FATES &&
		    st->edge[i].to < FATES + FATE_COUNT)
			seen[st->edge[i].to - FATES] = true;
	for (uint32_t k = 0; k < FATE_COUNT; k++) {
		if (!seen[k])
			continue;
		out_printf(o, "\tfate%u [label=\"%s\", shape=oval, color=%s, "
			   "fontcolor=%s];", k, fate_word(k), fate_color(k),
			   fate_color(k));
		end_statement(o);
	}
}

static void put_end(struct out *o, uint32_t node)
{
	if (node == START)
		out_text(o, "start");
	else if (node >= FATES)
		out_printf(o, "fate%u", node - FATES);
	else
		out_printf(o, "n%u", node);
}

/* A pen for 1, 10, 100, ... packets. */
static unsigned int pen(uint64_t packets)
{
	unsigned int width = 1;

	for (; packets >= 10; packets /= 10)
		width++;
	return width;
}

static void put_edges(struct out *o, const struct state *st)
{
	for (uint32_t i = 0; i < SLOTS; i++) {
		const struct edge *e = &st->edge[i];

		if (!e->packets)
			continue;
		out_text(o, "\t");
		put_end(o, e->from);
		out_text(o, " -> ");
		put_end(o, e->to);
		out_printf(o, " [label=\"%llu\", penwidth=%u%s];",
			   (unsigned long long)e->packets, pen(e->packets),
			   e->to >= FATES && is_drop(e->to - FATES) ?
			   ", color=red, fontcolor=red" : "");
		end_statement(o);
	}
}

static void put_title(struct out *o, const struct state *st)
{
	const char *separator = ": ";

	/* Boxes may be gone through several times: hence newrank. */
	out_printf(o, "\tgraph [newrank=true, ranksep=0.2, nodesep=0.15, "
		   "labelloc=t, label=\"%llu packet%s",
		   (unsigned long long)st->packets,
		   st->packets == 1 ? "" : "s");
	for (unsigned int k = 0; k < FATE_COUNT; k++) {
		if (!st->fate[k])
			continue;
		out_printf(o, "%s%llu %s", separator,
			   (unsigned long long)st->fate[k], fate_word(k));
		separator = ", ";
	}
	if (st->copies)
		out_printf(o, "\\n%llu copies besides",
			   (unsigned long long)st->copies);
	if (st->left_out)
		out_printf(o, "\\n%llu steps are left out",
			   (unsigned long long)st->left_out);
	out_text(o, "\"];");
	end_statement(o);
}

static void graph_finish(struct out *o, const struct report_env *env)
{
	const struct state *st = env->state;

	out_begin(o);
	out_text(o, "// nftrace " VERSION ": dot -Tsvg FILE > FILE.svg\n"
		 "digraph nftrace {\n"
		 "\tfontname=\"sans-serif\";\n"
		 "\tnode [shape=box, fontname=\"monospace\", fontsize=10, "
		 "margin=\"0.08,0.03\", height=0.2];\n"
		 "\tedge [fontname=\"sans-serif\", fontsize=9, arrowsize=0.6];");
	end_statement(o);
	put_title(o, st);
	out_printf(o, "\tstart [label=\"%llu packet%s\", shape=oval];",
		   (unsigned long long)st->packets,
		   st->packets == 1 ? "" : "s");
	end_statement(o);
	put_boxes(o, st);
	put_fates(o, st);
	put_edges(o, st);
	out_text(o, "}");
	end_statement(o);
	out_end(o);
}

const struct report report_graph = {
	.name = "graph",
	.open = graph_open,
	.journey = graph_journey,
	.finish = graph_finish,
	.close = graph_close,
};
