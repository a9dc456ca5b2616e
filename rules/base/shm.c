// SPDX-License-Identifier: GPL-2.0-or-later
/* shm: lays out what processes share: arrays, hash tables of indexes, and a heap. */
#include "rules/base/shm.h"

#include <string.h>

#include "rules/base/helper.h"

/* Bytes: an array begins with a cache line. */
enum { ALIGN = 64 };

/* Bytes of the heap that are fetched at a time. */
enum { HEAP_STEP = 128 << 10 };

uint64_t shm_array(uint64_t *end, uint64_t count, size_t size)
{
	uint64_t at = (*end + ALIGN - 1) / ALIGN * ALIGN;

	*end = at + count * size;
	return at;
}

uint32_t shm_mask(uint64_t count)
{
	uint32_t mask = 63;

	while (mask < count && mask < INT32_MAX / 2)
		mask = mask * 2 + 1;
	return mask;
}

void shm_clear(uint32_t *bucket, uint32_t mask)
{
	memset(bucket, 0xff, (mask + 1ull) * sizeof(*bucket));
}

void shm_link(uint32_t *bucket, uint32_t mask, uint64_t hash, uint32_t i,
	      uint32_t *next)
{
	*next = bucket[hash & mask];
	bucket[hash & mask] = i;
}

void shm_heap_open(struct shm_heap *h, char *start, uint64_t room, bool fetch)
{
	*h = (struct shm_heap){
		.start = start,
		/* An offset has 32 bits. */
		.end = room < UINT32_MAX ? room : UINT32_MAX,
	};
	h->ready = fetch ? 0 : h->end;
}

static void fetch_pages(struct shm_heap *h, size_t len)
{
	size_t step = len > HEAP_STEP ? len : HEAP_STEP;

	if (step > h->end - h->used)
		step = (size_t)(h->end - h->used);
	helper_populate(h->start + h->used, step);
	h->ready = h->used + step;
}

uint32_t shm_heap_here(const struct shm_heap *h)
{
	return (uint32_t)h->used;
}

uint32_t shm_heap_add(struct shm_heap *h, const void *bytes, size_t len)
{
	uint32_t here = shm_heap_here(h);

	if (len > h->end - h->used) {
		h->full = true;
		return 0;
	}
	if (h->used + len > h->ready)
		fetch_pages(h, len);
	memcpy(h->start + h->used, bytes, len);
	h->used += len;
	return here;
}
