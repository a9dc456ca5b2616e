/* SPDX-License-Identifier: GPL-2.0-or-later */
/* walk: a packet's way through the chains once more, with the rules that led it there. */
#ifndef NFTRACE_GROUNDS_WALK_H
#define NFTRACE_GROUNDS_WALK_H

#include <stdbool.h>
#include <stdint.h>

struct journey;
struct place;

enum {
	WALK_DEPTH = 64,	/* jumps and gotos of a pass that are remembered */
	WALK_NOWHERE = -1,	/* no step */
};

/*
 * One branch of a journey, event after event.  A *pass* is one evaluation of a base
 * chain and of all that it calls.  No chain calls itself, not even through others:
 * that a packet is back in one tells which of the rules that jumped led no further.
 */
struct walk {
	const struct journey *j;
	const struct place *at;		/* of the step that the walk is at */
	const struct place *base;	/* of the first one of its pass */
	uint32_t step, next;		/* its index, and of the step to look at next */
	uint8_t branch;
	uint8_t effect;			/* enum place_effect of .at */
	bool fresh;			/* it is the first step of its pass */
	uint8_t depth;
	uint16_t led[WALK_DEPTH];	/* steps that jumped, the last one last */
};

/** walk_begin - in front of the first step of @branch */
void walk_begin(struct walk *w, const struct journey *j, unsigned int branch);

/** walk_next - one step more; false: there is none */
bool walk_next(struct walk *w);

/**
 * walk_via - the last rule with a condition of its own that led to where the walk is
 * Return: its step; WALK_NOWHERE: .at has a condition itself (of one that drops or
 * rejects its protocol is none), none led there, or that is not known.
 */
int walk_via(const struct walk *w);

#endif
