/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_restored: places that a file names, without the rules that made them. */
#ifndef NFTRACE_PLACE_RESTORED_H
#define NFTRACE_PLACE_RESTORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nft_names;
struct place;
struct place_index;
struct place_known;

/**
 * place_describe_restored - all that a prefix alone tells
 * @p: with all that a place_known tells
 * @names: get its .table and .chain, and own them
 * Return: false: that is no prefix of a trace, or no memory.
 */
bool place_describe_restored(struct place *p, struct nft_names *names);

/**
 * place_restore - a place that a file names, with what the file knows of it
 * Return: NULL: no trace prefix, or too many places.
 */
const struct place *place_restore(struct place_index *idx,
				  const struct place_known *known);

/**
 * place_chain_id - the number of a chain of nft that a file names
 * Return: .chain_index of its places, and the key of its slot; SNAP_NONE: no memory.
 */
uint32_t place_chain_id(struct place_index *idx, uint8_t family,
			const char *table, size_t table_len, const char *chain,
			size_t chain_len);

#endif
