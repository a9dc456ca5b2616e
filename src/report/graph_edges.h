/* SPDX-License-Identifier: GPL-2.0-or-later */
/* graph_edges: from which rule to which the packets went, counted. */
#ifndef NFTRACE_GRAPH_EDGES_H
#define NFTRACE_GRAPH_EDGES_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/journey.h"

struct rule_table;

enum { GRAPH_EDGES_SLOTS = 1 << 16, GRAPH_EDGES_RULES = 1 << 15 };

/* Nodes that are no rule: where all begin, and where each ends. */
#define GRAPH_EDGES_START UINT32_MAX
#define GRAPH_EDGES_FATES (UINT32_MAX - 1 - FATE_COUNT)

struct way {
	uint32_t from, to;	/* numbers of rules, or a node from above */
	uint64_t packets;	/* 0: a free slot */
};

struct graph_edges {
	uint64_t packets, copies;
	uint64_t fate[FATE_COUNT];	/* of packets */
	uint64_t left_out;		/* steps for which there was no room */
	uint32_t edges;
	struct rule_table *rules;	/* nodes, by their numbers */
	bool drops[GRAPH_EDGES_RULES];	/* some packet ended there */
	struct way edge[GRAPH_EDGES_SLOTS];
};

/** graph_edges_new - no packet yet; NULL: no memory */
struct graph_edges *graph_edges_new(void);
void graph_edges_free(struct graph_edges *w);

/** graph_edges_add - the way of a packet whose story is over */
void graph_edges_add(struct graph_edges *w, const struct journey *j);

/**
 * graph_edges_late - a packet that was added had another end
 * @counted: it is the packet itself, not a copy
 */
void graph_edges_late(struct graph_edges *w, uint8_t was, uint8_t fate,
		      bool counted);

static inline bool graph_edges_is_drop(uint32_t fate)
{
	return fate == FATE_DROP || fate == FATE_REJECT;
}

#endif
