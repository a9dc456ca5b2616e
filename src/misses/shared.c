// SPDX-License-Identifier: GPL-2.0-or-later
/* shared: conditions that several rules have in common, of which a packet is asked once. */
#include "misses/shared.h"

#include <stdlib.h>
#include <string.h>

#include "rules/base/hash.h"

static bool is_it(const struct shared_words *w, uint64_t hash, const void *by,
		  struct strview words)
{
	return w->hash == hash && w->by == by && w->len == words.len &&
	       memcmp(w->words, words.at, words.len) == 0;
}

static uint16_t add_words(struct shared *s, uint64_t hash, const void *by,
			  struct strview words)
{
	char *copy = s->count < SHARED ? malloc(words.len + 1) : NULL;

	if (!copy)
		return 0;
	memcpy(copy, words.at, words.len);
	s->of[s->count++] = (struct shared_words){ hash, by, copy, words.len };
	return (uint16_t)s->count;
}

uint16_t shared_number(struct shared *s, const void *by, struct strview words)
{
	uint64_t hash = hash_name(hash_mix(1, (uintptr_t)by), words.at, words.len);
	uint32_t slot = hash % SHARED_SLOTS;

	if (!s)
		return 0;
	/* What has the slot keeps it: a number stays whose it was. */
	if (s->number[slot])
		return is_it(&s->of[s->number[slot] - 1], hash, by, words) ?
		       s->number[slot] : 0;
	if (s->once[slot] != hash)
		s->once[slot] = hash;
	else
		s->number[slot] = add_words(s, hash, by, words);
	return s->number[slot];
}

void shared_forget(struct shared *s)
{
	/* A serial is given once: what is answered from now on may be asked of the same packet. */
	const uint64_t serial = s->serial;

	for (uint32_t i = 0; i < s->count; i++)
		free(s->of[i].words);
	memset(s, 0, sizeof(*s));
	s->serial = serial;
}
