/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inside_drop: which matches of iptables' rules can have dropped a packet without an event. */
#ifndef NFTRACE_INSIDE_DROP_H
#define NFTRACE_INSIDE_DROP_H

#include <stdbool.h>
#include <stddef.h>

struct journey;
struct path_map;
struct snapshot;

/* What a search finds. */
enum inside_drop {
	INSIDE_NOT,		/* no rule is there whose match can have done it */
	INSIDE_MAYBE,		/* nor is anything else ruled out */
	INSIDE_CERTAIN,		/* nothing else is between its last event and the silence */
};

/**
 * inside_drop_find - where branch @b of @j went silent, are such rules next?
 * @rules: of the packet's family, as they are now; NULL: none
 * @text: names chain and rules, for a sentence: "inside filter:FORWARD ..."
 */
enum inside_drop inside_drop_find(const struct journey *j, unsigned int b,
				  const struct path_map *map,
				  const struct snapshot *rules, char *text,
				  size_t size);

/**
 * inside_drop_by_target - can the target of its last rule have dropped it, before it went on?
 *
 * To be asked where inside_drop_find() finds no match that can: then nothing else can.
 */
bool inside_drop_by_target(const struct journey *j, unsigned int b,
			   const struct path_map *map);

#endif
