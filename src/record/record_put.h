/* SPDX-License-Identifier: GPL-2.0-or-later */
/* record_put: words of a record, as they are written. */
#ifndef NFTRACE_RECORD_PUT_H
#define NFTRACE_RECORD_PUT_H

#include <string.h>

#include "base/format.h"

/* Digits by hand: this runs once an event. */
static inline char *record_put_word(char *p, const char *word)
{
	size_t len = strlen(word);

	memcpy(p, word, len);
	return p + len;
}

/* A name as one word: what could end or part it becomes %XX. */
static inline char *record_put_name(char *p, const char *name)
{
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;

		if (c > ' ' && c != ',' && c != '%' && c < 0x7f) {
			*p++ = *name;
			continue;
		}
		*p++ = '%';
		p = format_bytes(p, name, 1);
	}
	return p;
}

#endif
