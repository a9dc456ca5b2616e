/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_slots: base chains of nft and what their rules do -> the map of hooks. */
#ifndef NFTRACE_NFT_SLOTS_H
#define NFTRACE_NFT_SLOTS_H

#include <stdbool.h>

struct nft_names;
struct nft_snapshot;
struct path_map;

/**
 * nft_slots_fill - the base chains of a reading, instead of those of the one before
 * @names: keeps what the slots are called; slots of legacy tables stay
 */
void nft_slots_fill(struct path_map *map, struct nft_names *names,
		    const struct nft_snapshot *s);

/** nft_slots_same - do the same slots see a packet, at each hook? */
bool nft_slots_same(const struct path_map *a, const struct path_map *b);

#endif
