/* SPDX-License-Identifier: GPL-2.0-or-later */
/* place_texts: the texts that were allocated for a place, and its line of output. */
#ifndef NFTRACE_PLACE_TEXTS_H
#define NFTRACE_PLACE_TEXTS_H

#include <stdbool.h>

struct place;

/* What of a place's texts was allocated for it; the place points there. */
struct place_texts {
	char *prefix, *rule, *line, *target;
};

/** place_texts_free - the place is not to be used any more */
void place_texts_free(struct place_texts *t);

/** place_build_line - .line, owned by @t, from .prefix and .rule; false: no memory */
bool place_build_line(struct place *p, struct place_texts *t);

#endif
