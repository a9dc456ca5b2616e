/* SPDX-License-Identifier: GPL-2.0-or-later */
/* strview: a piece of text that is not terminated, and what can be read off it. */
#ifndef NFTRACE_STRVIEW_H
#define NFTRACE_STRVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strview {
	const char *at;
	size_t len;
};

/** strview_is - are they these bytes, and no more? */
bool strview_is(struct strview s, const char *word);

/** strview_starts - the first of them?  "" is of any */
bool strview_starts(struct strview s, const char *with);

/** strview_behind - @s without its first @n bytes; there must be so many */
struct strview strview_behind(struct strview s, size_t n);

/**
 * strview_find - where @what begins in it; .len: nowhere
 * For words of which the first byte is rare, or near: memmem(3) is for others.
 */
size_t strview_find(struct strview s, const char *what);

/** strview_cut - take what is in front of @end off @rest, all of it when there is none */
struct strview strview_cut(struct strview *rest, char end);

/** strview_take_whole - strview_take(), of which the first byte is not the answer */
bool strview_take_whole(struct strview *s, const char *key);

/**
 * strview_take - cut @key off; false: @s begins with something else
 * Asked for dozens of keys a word: most differ in the first byte.
 */
static inline bool strview_take(struct strview *s, const char *key)
{
	return s->len && *s->at == *key && strview_take_whole(s, key);
}

/** strview_word - take the next word off @rest, and the blanks in front of it */
bool strview_word(struct strview *rest, struct strview *word);

/** strview_quoted - the same; one in double quotes is one word, its backslashes left in */
bool strview_quoted(struct strview *rest, struct strview *word);

/** strview_line - take the next line off @rest, less the blanks at both its ends */
bool strview_line(struct strview *rest, struct strview *line);

/** strview_digit - of base 16, -1: it is none */
int strview_digit(char c);

/** strview_number - false: it is none, or too large; "0x" may stand before base 16 */
bool strview_number(struct strview s, unsigned int base, uint32_t *n);

/** strview_bytes - from pairs of hex digits; -1: there are others, or more than @size */
int strview_bytes(struct strview s, void *to, size_t size);

/**
 * strview_address - an address as inet_pton(3) takes it, and nothing behind it
 * @family: AF_INET, AF_INET6; @to: gets its bytes
 */
bool strview_address(struct strview s, int family, uint8_t *to);

#endif
