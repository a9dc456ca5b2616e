/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prefix: the kernel's "TRACE: table:chain:kind:number", in its parts. */
#ifndef NFTRACE_PREFIX_H
#define NFTRACE_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed from the text. */
struct prefix {
	const char *table, *chain;
	size_t table_len, chain_len;
	uint8_t kind;			/* enum place_kind */
	uint32_t number;
};

/** prefix_split - false: it is not of this form; @len without blanks at its end */
bool prefix_split(const char *text, size_t len, struct prefix *p);

/** prefix_trim - the length without the blanks at the end */
static inline size_t prefix_trim(const char *text, size_t len)
{
	while (len && text[len - 1] == ' ')
		len--;
	return len;
}

/** prefix_kind - "rule", "return", "policy" */
bool prefix_kind(const char *word, size_t len, uint8_t *kind);

/** prefix_colon - the last one in a text, NULL: none */
const char *prefix_colon(const char *from, const char *to);

/** prefix_hash - for tables of prefixes; it reads eight bytes at a time */
uint64_t prefix_hash(uint8_t nfproto, const char *text, size_t len);

/** place_looks_like_trace - is it of the form of a trace prefix at all? */
bool place_looks_like_trace(const char *prefix, size_t len);

#endif
