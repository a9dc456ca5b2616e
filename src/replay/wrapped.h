/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrapped: one TRACE entry that was broken into several lines, put together again. */
#ifndef NFTRACE_WRAPPED_H
#define NFTRACE_WRAPPED_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

enum { WRAPPED_TEXT = 2048, WRAPPED_PIECES = 16 };

/* Pieces so far; none: nothing is under way. */
struct wrapped {
	char text[WRAPPED_TEXT];
	size_t len;
	unsigned int pieces;
	bool whole;		/* an entry, of which more may come all the same */
	uint64_t number;	/* line of the first, from 1 */
};

/** wrapped_begin - an entry that is not whole; false: it is too long for one */
bool wrapped_begin(struct wrapped *w, struct strview piece, uint64_t number);

/**
 * wrapped_add - what may be the next piece
 *
 * Terminals break words, mail puts a line's end for a blank: a blank comes
 * between the two if both are words of the kernel's.
 * Return: false: there is no room, or there were pieces enough.
 */
bool wrapped_add(struct wrapped *w, struct strview piece);

static inline struct strview wrapped_text(const struct wrapped *w)
{
	return (struct strview){ w->text, w->len };
}

#endif
