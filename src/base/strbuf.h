/* SPDX-License-Identifier: GPL-2.0-or-later */
/* strbuf: a line of text under construction; never longer than its room. */
#ifndef NFTRACE_STRBUF_H
#define NFTRACE_STRBUF_H

#include <stddef.h>
#include <stdint.h>

struct strbuf {
	char *buf;		/* always NUL-terminated */
	size_t size, len;
};

/** strbuf_text - append a text as it is */
void strbuf_text(struct strbuf *l, const char *text);

/** strbuf_add - append, cut to what fits */
void strbuf_add(struct strbuf *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** strbuf_number - append in decimal, cut to what fits */
void strbuf_number(struct strbuf *l, uint64_t n);

#endif
