/* SPDX-License-Identifier: GPL-2.0-or-later */
/* graph_dot: a chain as a box of a graph, with its rules as rows, in dot's words. */
#ifndef NFTRACE_GRAPH_DOT_H
#define NFTRACE_GRAPH_DOT_H

#include <stdbool.h>
#include <stdint.h>

struct graph_edges;
struct graph_node;
struct outbuf;
struct place;

/** graph_dot_end - the line is over; the file's reader may be slower than we are */
void graph_dot_end(struct outbuf *o);

/**
 * graph_dot_chain - the node "cBOX": a chain's table and name, below them the rules that packets met
 * @node, @count: the rules of one chain, as graph_nodes_sort() has them
 *
 * A row has the rule's number, its words, and how many packets met it; of that
 * last cell "cBOX:rID" is the port, where graph_dot_is_row().
 */
void graph_dot_chain(struct outbuf *o, const struct graph_edges *w,
		     const struct graph_node *node, uint32_t count, uint32_t box);

/** graph_dot_is_row - it has one; the end of a user chain says nothing that could stand there */
bool graph_dot_is_row(const struct place *p);

#endif
