/* SPDX-License-Identifier: GPL-2.0-or-later */
/* graph_nodes: the rules of a graph in the order of the boxes of which they are rows. */
#ifndef NFTRACE_GRAPH_NODES_H
#define NFTRACE_GRAPH_NODES_H

#include <stdbool.h>
#include <stdint.h>

struct graph_edges;
struct place;

/* A rule, and whose all rules of its chain are that packets met. */
struct graph_node {
	const struct place *at;	/* of graph_edges.rules */
	const char *owner;	/* "": of several, or of nobody that is known */
};

/**
 * graph_nodes_sort - all rules, those of one box one behind the other, as in their chain
 * @count: how many there are
 * Return: free(3) it; NULL: no memory.
 */
struct graph_node *graph_nodes_sort(const struct graph_edges *w, uint32_t count);

/** graph_nodes_are_of_one_table - and of one family */
bool graph_nodes_are_of_one_table(const struct graph_node *a, const struct graph_node *b);

/** graph_nodes_are_of_one_chain - of one table, and of one family */
bool graph_nodes_are_of_one_chain(const struct graph_node *a, const struct graph_node *b);

#endif
