/* SPDX-License-Identifier: GPL-2.0-or-later */
/* span: a piece of text that is not terminated, and what can be read off it. */
#ifndef NFTRACE_SPAN_H
#define NFTRACE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
	const char *at;
	size_t len;
};

bool span_is(struct span s, const char *word);
bool span_starts(struct span s, const char *with);

/** span_behind - @s without its first @n bytes; there must be so many */
struct span span_behind(struct span s, size_t n);

/** span_cut - take what is in front of @end off @rest, all of it when there is none */
struct span span_cut(struct span *rest, char end);

/** span_take - cut @key off; false: @s begins with something else */
bool span_take(struct span *s, const char *key);

/** span_word - take the next word off @rest, and the blanks in front of it */
bool span_word(struct span *rest, struct span *word);

/** span_quoted - the same; one in double quotes is one word, its backslashes left in */
bool span_quoted(struct span *rest, struct span *word);

/** span_line - take the next line off @rest, less the blanks at both its ends */
bool span_line(struct span *rest, struct span *line);

/** span_digit - of base 16, -1: it is none */
int span_digit(char c);

/** span_number - false: it is none, or too large; "0x" may stand before base 16 */
bool span_number(struct span s, unsigned int base, uint32_t *n);

/** span_bytes - from pairs of hex digits; -1: there are others, or more than @size */
int span_bytes(struct span s, void *to, size_t size);

#endif
