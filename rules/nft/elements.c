// SPDX-License-Identifier: GPL-2.0-or-later
/* elements: looks a packet's key up in the elements of a verdict map. */
#include "rules/nft/elements.h"

#include <string.h>
#include <sys/mman.h>

static const void *at(const struct nft_elements *e, uint64_t offset)
{
	return (const char *)e + offset;
}

const struct nft_elements *nft_elements_map(int fd, size_t size)
{
	const struct nft_elements *e;

	if (size < sizeof(*e))
		return NULL;
	e = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	if (e == MAP_FAILED)
		return NULL;
	if (e->size == size)
		return e;
	munmap((void *)e, size);
	return NULL;
}

void nft_elements_unmap(const struct nft_elements *e)
{
	if (e)
		munmap((void *)e, e->size);
}

const struct nft_element *nft_elements_at(const struct nft_elements *e, uint32_t i)
{
	return (const struct nft_element *)at(e, e->element_at) + i;
}

const uint8_t *nft_elements_key(const struct nft_elements *e, uint32_t i)
{
	return (const uint8_t *)at(e, e->key_at) + (size_t)i * e->key_len;
}

const uint8_t *nft_elements_last(const struct nft_elements *e, uint32_t i)
{
	return !e->ranges ? nft_elements_key(e, i) :
		(const uint8_t *)at(e, e->last_at) + (size_t)i * e->key_len;
}

const char *nft_elements_text(const struct nft_elements *e, uint32_t offset)
{
	return at(e, e->heap_at + offset);
}

/* Of the parts that are known. */
static bool fits(const struct nft_elements *e, uint32_t i, const struct nft_key *k)
{
	const uint8_t *first = nft_elements_key(e, i);
	const uint8_t *last = nft_elements_last(e, i);

	for (unsigned int p = 0; p < e->parts; p++) {
		const struct nft_key_part *part = &e->part[p];
		const uint8_t *value = k->bytes + part->at;

		if (k->known & 1u << p &&
		    (memcmp(value, first + part->at, part->len) < 0 ||
		     memcmp(value, last + part->at, part->len) > 0))
			return false;
	}
	return true;
}

static bool says(const struct nft_elements *e, uint32_t i, int32_t verdict,
		 const char *chain)
{
	const struct nft_element *x = nft_elements_at(e, i);

	return x->verdict == verdict &&
	       strcmp(nft_elements_text(e, x->chain), chain) == 0;
}

/* Whole keys: the first that is not less. */
static uint32_t first_from(const struct nft_elements *e, const uint8_t *key)
{
	uint32_t from = 0, to = e->count;

	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (memcmp(nft_elements_key(e, middle), key, e->key_len) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* The only element that has the whole key, @others: or any of these verdicts' */
static uint32_t find_only(const struct nft_elements *e, const struct nft_key *k,
			  bool (*is)(const struct nft_elements *e, uint32_t i,
				     int32_t verdict, const char *chain),
			  int32_t verdict, const char *chain, bool *several)
{
	uint32_t found = NFT_ELEMENT_NONE;

	*several = false;
	for (uint32_t i = 0; i < e->count; i++) {
		if (nft_elements_at(e, i)->any || !fits(e, i, k) ||
		    (is && !is(e, i, verdict, chain)))
			continue;
		*several |= found != NFT_ELEMENT_NONE;
		found = i;
	}
	return found;
}

static uint32_t find_any(const struct nft_elements *e)
{
	for (uint32_t i = 0; i < e->count; i++)
		if (nft_elements_at(e, i)->any)
			return i;
	return NFT_ELEMENT_NONE;
}

static uint32_t find_whole(const struct nft_elements *e, const struct nft_key *k,
			   bool *several)
{
	uint32_t i;

	if (e->ranges)
		return find_only(e, k, NULL, 0, NULL, several);
	*several = false;
	for (i = first_from(e, k->bytes);
	     i < e->count && memcmp(nft_elements_key(e, i), k->bytes, e->key_len) == 0;
	     i++)
		if (!nft_elements_at(e, i)->any)
			return i;
	return NFT_ELEMENT_NONE;
}

/*
 * All of the key is known: what holds it, or else the element for all others.  Of a
 * map whose elements time out another may have been there.
 */
static uint32_t find_by_key(const struct nft_elements *e, const struct nft_key *k,
			    int32_t verdict, const char *chain)
{
	bool several;
	uint32_t found = find_whole(e, k, &several), any = find_any(e);

	if (several)
		return NFT_ELEMENT_NONE;
	if (found == NFT_ELEMENT_NONE)
		found = e->expires ? NFT_ELEMENT_NONE : any;
	else if (e->expires && any != NFT_ELEMENT_NONE && says(e, any, verdict, chain))
		return NFT_ELEMENT_NONE;
	return found != NFT_ELEMENT_NONE && says(e, found, verdict, chain)
	       ? found : NFT_ELEMENT_NONE;
}

/* A part is not known: the only one of this verdict that is left. */
static uint32_t find_by_verdict(const struct nft_elements *e,
				const struct nft_key *k, int32_t verdict,
				const char *chain)
{
	bool several;
	uint32_t found = find_only(e, k, says, verdict, chain, &several);
	uint32_t any = find_any(e);

	if (any != NFT_ELEMENT_NONE && says(e, any, verdict, chain)) {
		several |= found != NFT_ELEMENT_NONE;
		found = any;
	}
	return several || e->expires ? NFT_ELEMENT_NONE : found;
}

uint32_t nft_elements_find(const struct nft_elements *e, const struct nft_key *k,
			   int32_t verdict, const char *chain)
{
	if (!e->parts)
		return NFT_ELEMENT_NONE;
	if (k->known == (1u << e->parts) - 1)
		return find_by_key(e, k, verdict, chain);
	return find_by_verdict(e, k, verdict, chain);
}
