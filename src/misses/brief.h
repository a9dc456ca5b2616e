/* SPDX-License-Identifier: GPL-2.0-or-later */
/* brief: what a rule's conditions say of a packet, without the words for it. */
#ifndef NFTRACE_BRIEF_H
#define NFTRACE_BRIEF_H

#include <stdbool.h>
#include <stdint.h>

#include "misses/condition.h"

/* What most rules need not be asked more for; of all conditions together. */
struct brief {
	/* What those ask for that failed, and what the others that did not hold; 1 << enum asked_field */
	uint32_t failed, unknown;
	uint32_t distance;	/* of the last that did not hold: struct condition's; else any */
	/*
	 * The same: it asks for conntrack's state, and these would do, 1 << enum
	 * conntrack_state; 0: it does not, or that is not known.  Of what failed the lowest
	 * counts.
	 */
	uint32_t states;
	uint8_t n;
	uint8_t fails;		/* so many failed */
	uint8_t open;		/* ... and of so many it is not known */
	uint8_t last;		/* the index of the last that did not hold */
	uint8_t field;		/* enum asked_field: what that asks for */
	bool unread;		/* struct conditions' */
	uint8_t term;		/* what failed first, as the rule is kept, from 1; 0: nothing, or not known */
	uint8_t enough;		/* the caller's, as in struct conditions */
	uint8_t only;		/* the caller's: a .term, of which alone it is asked; 0: of all */
};

/** brief_begin - of no condition; .enough stays */
static inline void brief_begin(struct brief *b)
{
	*b = (struct brief){ .distance = CONDITION_FAR, .enough = b->enough, .only = b->only };
}

/** brief_is_done - need no more conditions be asked? */
static inline bool brief_is_done(const struct brief *b)
{
	return b->unread || (b->enough && b->fails >= b->enough);
}

/** brief_held - so many held */
static inline uint8_t brief_held(const struct brief *b)
{
	return (uint8_t)(b->n - b->fails - b->open);
}

/** brief_fail - one more, which failed in this field alone */
static inline void brief_fail(struct brief *b, uint8_t field, uint32_t distance,
			      uint32_t states)
{
	b->last = b->n++;
	b->fails++;
	b->field = field;
	b->failed |= UINT32_C(1) << field;
	b->distance = distance;
	b->states = states;
}

/** brief_leave_open - one more, of which it is not known; @others: struct condition's */
static inline void brief_leave_open(struct brief *b, uint8_t field, uint32_t others,
				    uint32_t states)
{
	b->last = b->n++;
	b->open++;
	b->field = field;
	b->unknown |= UINT32_C(1) << field | others;
	b->distance = CONDITION_FAR;
	b->states = states;
}

/** brief_of - the same of conditions that were put down, with .enough of them */
void brief_of(struct brief *b, const struct conditions *all);

/** brief_only_failed - the index of the one that failed, or must have; -1: there is none, or more */
static inline int brief_only_failed(const struct brief *b)
{
	return b->unread || b->fails + b->open != 1 ? -1 : b->last;
}

#endif
