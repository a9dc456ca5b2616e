/* SPDX-License-Identifier: GPL-2.0-or-later */
/* graph_edges: from which rule to which the packets went, counted. */
#ifndef NFTRACE_GRAPH_EDGES_H
#define NFTRACE_GRAPH_EDGES_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/journey.h"

struct component;
struct rule_table;

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
/* Full now and then, and gone through in no time. */
enum { GRAPH_EDGES_SLOTS = 1 << 8, GRAPH_EDGES_RULES = 1 << 7 };
#else
enum { GRAPH_EDGES_SLOTS = 1 << 16, GRAPH_EDGES_RULES = 1 << 15 };
#endif

/* Nodes that are no rule: where all begin, and where each ends. */
#define GRAPH_EDGES_START UINT32_MAX
#define GRAPH_EDGES_FATES (UINT32_MAX - 1 - FATE_COUNT)

/* What became of the packets that went a way. */
enum graph_end { GRAPH_WENT_ON = 1 << 0, GRAPH_DROPPED = 1 << 1, GRAPH_OTHER = 1 << 2 };

struct way {
	uint32_t from, to;	/* numbers of rules, or a node from above */
	uint8_t ends;		/* enum graph_end, ored */
	bool onward;		/* not only back into the chain that had called */
	uint64_t packets;	/* 0: a free slot */
};

struct graph_edges {
	uint64_t packets, copies;
	uint64_t fate[FATE_COUNT];	/* of packets */
	uint64_t left_out;		/* steps for which there was no room */
	uint32_t edges;
	struct rule_table *rules;	/* nodes, by their numbers */
	bool drops[GRAPH_EDGES_RULES];	/* some packet ended there */
	bool looked[GRAPH_EDGES_RULES];	/* .owner is known, or that there is none */
	const struct component *owner[GRAPH_EDGES_RULES];	/* NULL: nobody's that is known */
	uint64_t left[GRAPH_EDGES_RULES];	/* packets that went on from there */
	uint64_t begun;			/* the same of GRAPH_EDGES_START */
	struct way edge[GRAPH_EDGES_SLOTS];
};

/** graph_edges_new - no packet yet; NULL: no memory */
struct graph_edges *graph_edges_new(void);

/** graph_edges_free - NULL is nothing */
void graph_edges_free(struct graph_edges *w);

/** graph_edges_add - the way of a packet whose story is over */
void graph_edges_add(struct graph_edges *w, const struct journey *j);

/**
 * graph_edges_late - a packet that was added had another end
 * @counted: it is the packet itself, not a copy
 */
void graph_edges_late(struct graph_edges *w, uint8_t was, uint8_t fate,
		      bool counted);

/** graph_edges_end - which enum graph_end a fate is */
uint8_t graph_edges_end(uint32_t fate);

/** graph_edges_is_part - did some of the packets of @e's node go another way? */
bool graph_edges_is_part(const struct graph_edges *w, const struct way *e);

static inline bool graph_edges_is_drop(uint32_t fate)
{
	return fate == FATE_DROP || fate == FATE_REJECT;
}

#endif
