/* SPDX-License-Identifier: GPL-2.0-or-later */
/* graph_clusters: a frame around the chains of one table that one program has written. */
#ifndef NFTRACE_GRAPH_CLUSTERS_H
#define NFTRACE_GRAPH_CLUSTERS_H

#include <stdint.h>

struct graph_node;
struct outbuf;

/**
 * graph_clusters_put - around two chains or more; one alone says whose it is
 * @node: @count rules, as graph_nodes_sort() has them
 * @box: of each rule, by its id: the number of its chain's
 */
void graph_clusters_put(struct outbuf *o, const struct graph_node *node, uint32_t count,
			const uint32_t *box);

#endif
