// SPDX-License-Identifier: GPL-2.0-or-later
/* mask: which number an address or a name has in output for strangers. */
#include "mask/mask.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

enum {
	SLOTS = 1 << 16,
	NUMBERED_MAX = SLOTS / 4 * 3,
	PATIENCE = 1 << 16,	/* looks at a slot whose number is not there yet */
};

/* A number is stored behind its hash, once. */
struct slot {
	_Atomic uint64_t hash;	/* 0: free */
	_Atomic uint32_t value;	/* enum mask_kind << 24 | number; 0: not yet */
};

/* Lives in memory that the processes share, all of it. */
struct mask {
	uint64_t key[2];
	_Atomic uint32_t numbered;
	_Atomic uint32_t given[MASK_KINDS];
	struct slot slot[SLOTS];
};

struct mask *mask_open(void)
{
	struct mask *m = mmap(NULL, sizeof(*m), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (m == MAP_FAILED)
		return NULL;
	if (getrandom(m->key, sizeof(m->key), 0) == sizeof(m->key))
		return m;
	munmap(m, sizeof(*m));
	errno = EIO;
	return NULL;
}

void mask_close(struct mask *m)
{
	if (m)
		munmap(m, sizeof(*m));
}

static uint64_t turn(uint64_t v, unsigned int bits)
{
	return v << bits | v >> (64 - bits);
}

/* One round of SipHash (Aumasson, Bernstein: SipHash, a fast short-input PRF, 2012). */
static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = turn(v[1], 13) ^ v[0];
	v[3] = turn(v[3], 16) ^ v[2];
	v[0] = turn(v[0], 32) + v[3];
	v[2] += v[1];
	v[3] = turn(v[3], 21) ^ v[0];
	v[1] = turn(v[1], 17) ^ v[2];
	v[2] = turn(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	sip_round(v);
	v[0] ^= word;
}

uint64_t mask_chance(const struct mask *m, uint32_t what, const void *bytes,
		     size_t len)
{
	uint64_t v[4] = {
		m->key[0] ^ 0x736f6d6570736575, m->key[1] ^ 0x646f72616e646f6d,
		m->key[0] ^ 0x6c7967656e657261, m->key[1] ^ 0x7465646279746573,
	};
	const char *at = bytes;
	uint64_t word;

	sip_word(v, what);
	for (size_t left = len; left; ) {
		size_t n = left < 8 ? left : 8;

		word = 0;
		memcpy(&word, at, n);
		sip_word(v, word);
		at += n;
		left -= n;
	}
	sip_word(v, len);
	v[2] ^= 0xff;
	for (int i = 0; i < 4; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Names are one space: a chain's name in a sentence is that chain's. */
static uint64_t hash_of(const struct mask *m, enum mask_kind kind,
			const void *bytes, size_t len)
{
	uint64_t hash = mask_chance(m, kind < MASK_NAMES ? MASK_NAME : kind,
				    bytes, len);

	return hash ? hash : 1;
}

/* Who took the slot is about to store its number, unless it was ended there. */
static uint32_t await_value(struct slot *s)
{
	uint32_t value = 0;

	for (unsigned int i = 0; !value && i < PATIENCE; i++)
		value = atomic_load_explicit(&s->value, memory_order_acquire);
	return value;
}

static uint32_t give(struct mask *m, struct slot *s, enum mask_kind kind)
{
	uint32_t n = atomic_fetch_add(&m->given[kind], 1) + 1;
	uint32_t value = (uint32_t)kind << 24 | (n & 0xffffff);

	atomic_store_explicit(&s->value, value, memory_order_release);
	return value;
}

/* Return: its value, 0: it has none, or there is no room for one. */
static uint32_t look_up(struct mask *m, uint64_t hash, enum mask_kind kind,
			bool add)
{
	for (uint32_t i = 0; i < SLOTS; i++) {
		struct slot *s = &m->slot[(hash + i) % SLOTS];
		uint64_t there = atomic_load(&s->hash);

		if (!there && (!add || atomic_load(&m->numbered) >= NUMBERED_MAX))
			return 0;
		if (!there && atomic_compare_exchange_strong(&s->hash, &there,
							     hash)) {
			atomic_fetch_add(&m->numbered, 1);
			return give(m, s, kind);
		}
		if (there == hash)
			return await_value(s);
	}
	return 0;
}

uint32_t mask_number(struct mask *m, enum mask_kind *kind, const void *bytes,
		     size_t len)
{
	uint32_t value = look_up(m, hash_of(m, *kind, bytes, len), *kind, true);

	if (value && value >> 24 < MASK_KINDS)
		*kind = value >> 24;
	return value & 0xffffff;
}

bool mask_is_known(struct mask *m, enum mask_kind *kind, const void *bytes,
		   size_t len)
{
	uint32_t value = look_up(m, hash_of(m, *kind, bytes, len), *kind, false);

	if (value >> 24 < MASK_KINDS)
		*kind = value >> 24;
	return value;
}
