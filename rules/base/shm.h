/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shm: lays out what processes share: arrays, hash tables of indexes, and a heap. */
#ifndef NFTRACE_SHM_H
#define NFTRACE_SHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SHM_NONE = UINT32_MAX };		/* no index */

/** shm_array - room for an array behind *@end, which moves; its offset */
uint64_t shm_array(uint64_t *end, uint64_t count, size_t size);

/** shm_mask - of a hash table for @count entries: its buckets less one */
uint32_t shm_mask(uint64_t count);

/**
 * A hash table of indexes into an array; entries that share a bucket lead to one
 * another, and no search runs in a circle.
 *
 * shm_clear - each bucket is empty
 * shm_link - entry @i, whose .next is @next, in front of its bucket
 */
void shm_clear(uint32_t *bucket, uint32_t mask);
void shm_link(uint32_t *bucket, uint32_t mask, uint64_t hash, uint32_t i,
	      uint32_t *next);

/** shm_bucket - the first index of a hash's bucket, or SHM_NONE */
static inline uint32_t shm_bucket(const void *base, uint64_t at, uint32_t mask,
				  uint64_t hash)
{
	return ((const uint32_t *)((const char *)base + at))[hash & mask];
}

/* The last part: names and texts, by their offset from its start. */
struct shm_heap {
	char *start;		/* NULL before shm_heap_open() */
	uint64_t used;		/* bytes from .start, as those below */
	uint64_t ready;		/* pages up to here have been fetched */
	uint64_t end;
	bool full;		/* something did not find room */
};

/**
 * shm_heap_open - an empty one of @room bytes at @start
 * @fetch: have its pages fetched in large steps, see helper_populate()
 */
void shm_heap_open(struct shm_heap *h, char *start, uint64_t room, bool fetch);

/** shm_heap_add - append bytes; their offset; 0 and .full: there is no room */
uint32_t shm_heap_add(struct shm_heap *h, const void *bytes, size_t len);

/** shm_heap_here - the offset of what is added next */
uint32_t shm_heap_here(const struct shm_heap *h);

#endif
