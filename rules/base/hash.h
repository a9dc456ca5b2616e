/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hash: mixes numbers and names, in a process and in what processes share. */
#ifndef NFTRACE_HASH_H
#define NFTRACE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>

/** hash_mix - one more number into @h */
static inline uint64_t hash_mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9fb21c651e98df25;
	return h ^ h >> 35;
}

/** hash_seed - another number in each run: who makes up a file does not know it */
static inline uint64_t hash_seed(void)
{
	const void *random = (const void *)getauxval(AT_RANDOM);
	uint64_t seed = 0;

	if (random)
		memcpy(&seed, random, sizeof(seed));
	return seed;
}

/** hash_tail - less than eight bytes as a number; memcpy() of a length that varies is a call */
static inline uint64_t hash_tail(const char *p, size_t len)
{
	uint64_t w = 0;
	uint32_t four;
	uint16_t two;

	if (len & 1)
		w = (uint8_t)p[len - 1];
	if (len & 2) {
		memcpy(&two, p + (len & 4), 2);
		w = w << 16 | two;
	}
	if (len & 4) {
		memcpy(&four, p, 4);
		w = w << 32 | four;
	}
	return w;
}

/** hash_bytes - bytes into @h, eight at a time */
static inline uint64_t hash_bytes(uint64_t h, const void *bytes, size_t len)
{
	const char *p = bytes;
	uint64_t w;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&w, p, 8);
		h = hash_mix(h, w);
	}
	return hash_mix(h, hash_tail(p, len));
}

/** hash_name - a name and its length into @h: "ab" "c" is not "a" "bc" */
static inline uint64_t hash_name(uint64_t h, const char *name, size_t len)
{
	return hash_bytes(hash_mix(h, len), name, len);
}

#endif
