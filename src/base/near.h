/* SPDX-License-Identifier: GPL-2.0-or-later */
/* near: which of many names was meant by a word that is none of them. */
#ifndef NFTRACE_NEAR_H
#define NFTRACE_NEAR_H

#include <stddef.h>

/* The search for one word. */
struct near {
	const char *word;	/* borrowed */
	size_t len;		/* bytes of it */
	unsigned int distance;	/* of .name, or as much as is too far */
	const char *name;	/* the nearest so far, borrowed; NULL: none */
};

/** near_begin - a third of the letters may be wrong, two at most; case does not matter */
void near_begin(struct near *n, const char *word, size_t len);

/** near_look - is @name nearer than those before?  One that the word begins counts as near */
void near_look(struct near *n, const char *name);

#endif
