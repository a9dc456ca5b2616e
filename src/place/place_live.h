/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_live: an event's prefix -> the rule it names, in the tables as they are or just were. */
#ifndef NFTRACE_PLACE_LIVE_H
#define NFTRACE_PLACE_LIVE_H

#include <stddef.h>
#include <stdint.h>

struct place_index;
struct place_node;

/**
 * place_live_look_up - what a prefix means that is in no bucket of the index
 * Return: in there from now on; NULL: nothing that these tables hold, or no memory.
 */
struct place_node *place_live_look_up(struct place_index *idx, uint8_t nfproto,
				      uint64_t hash, const char *prefix,
				      size_t len);

#endif
