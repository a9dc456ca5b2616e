/* SPDX-License-Identifier: GPL-2.0-or-later */
/* map_key: the key that a packet had when a rule asked its verdict map. */
#ifndef NFTRACE_MAP_KEY_H
#define NFTRACE_MAP_KEY_H

#include <stdint.h>

struct ifnames;
struct journey;
struct nft_elements;
struct nft_key;

/**
 * map_key_read - as far as it is known, at the event of index @step
 * @e: of which fields it is made
 */
void map_key_read(struct nft_key *k, const struct nft_elements *e,
		  const struct journey *j, uint32_t step,
		  const struct ifnames *names);

#endif
