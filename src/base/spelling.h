/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spelling: which of many names was meant by a word that is none of them. */
#ifndef NFTRACE_SPELLING_H
#define NFTRACE_SPELLING_H

#include <stddef.h>

/* The search for one word. */
struct spelling {
	const char *word;	/* borrowed */
	size_t len;		/* bytes of it */
	unsigned int distance;	/* of .name, or as much as is too far */
	const char *name;	/* the nearest so far, borrowed; NULL: none */
};

/** spelling_begin - a third of the letters may be wrong, two at most; case does not matter */
void spelling_begin(struct spelling *n, const char *word, size_t len);

/** spelling_look - is @name nearer than those before?  One that the word begins counts as near */
void spelling_look(struct spelling *n, const char *name);

#endif
