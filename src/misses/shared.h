/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shared: conditions that several rules have in common, of which a packet is asked once. */
#ifndef NFTRACE_SHARED_H
#define NFTRACE_SHARED_H

#include <stdbool.h>
#include <stdint.h>

#include "misses/asked.h"
#include "rules/base/strview.h"

enum {
	SHARED = 1024,		/* so many get a number; of more each rule asks for itself */
	SHARED_SLOTS = 4096,	/* of hashes; a power of two */
};

/* What was answered last. */
struct shared_answer {
	uint64_t serial;	/* struct asked's, of the packet that was asked; 0: none was */
	uint32_t distance;	/* struct condition's */
	uint8_t is;		/* as whoever asks puts it */
	uint64_t value[2];	/* the same: of a field, what the packet has there */
};

struct shared_words {
	uint64_t hash;
	const void *by;
	char *words;
	size_t len;
};

struct shared {
	uint64_t serial;	/* the last that was given */
	uint32_t count;		/* of numbers, which begin with 1 */
	uint16_t number[SHARED_SLOTS];	/* by hash; 0: none */
	uint64_t once[SHARED_SLOTS];	/* the last hash there that was seen without a number */
	struct shared_words of[SHARED];
	struct shared_answer answer[SHARED];
};

/**
 * shared_may_be - does nothing but the packet decide, of a condition that asks for this?
 * @field: enum asked_field.  The mark is another from rule to rule, and the state what was
 *	learned of it.
 */
static inline bool shared_may_be(uint8_t field)
{
	return field != ASKED_MARK && field != ASKED_STATE;
}

/**
 * shared_number - of a condition, by whom it is judged and its words; it has one from its second rule on
 * @s: zeroed at first; NULL: there is none
 * Return: 0: it has none.  All that has the same one has the same answer of the same packet.
 */
uint16_t shared_number(struct shared *s, const void *by, struct strview words);

/** shared_forget - all numbers: nobody has one any more */
void shared_forget(struct shared *s);

/** shared_serial - for a packet that is another than those before */
static inline uint64_t shared_serial(struct shared *s)
{
	return s ? ++s->serial : 0;
}

/** shared_answer_of - @number: none but 0 is shared_number()'s; NULL: each rule asks for itself */
static inline struct shared_answer *shared_answer_of(struct shared *s, uint16_t number,
						     uint64_t serial)
{
	return number && serial ? &s->answer[number - 1] : NULL;
}

#endif
