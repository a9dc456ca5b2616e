/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hash: the hash functions that a snapshot's maker and its users share. */
#ifndef NFTRACE_NFT_HASH_H
#define NFTRACE_NFT_HASH_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t nft_hash_name(uint32_t seed, const char *name,
				     size_t len)
{
	uint32_t h = 2166136261u ^ seed;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)name[i]) * 16777619u;
	return h ^ h >> 15;
}

static inline uint32_t nft_hash_handle(uint32_t table, uint64_t handle)
{
	uint64_t h = (handle ^ (uint64_t)table << 48) * 0x9fb21c651e98df25u;

	return (uint32_t)(h >> 32);
}

#endif
