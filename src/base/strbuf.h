/* SPDX-License-Identifier: GPL-2.0-or-later */
/* strbuf: a line of text under construction; never longer than its room. */
#ifndef NFTRACE_STRBUF_H
#define NFTRACE_STRBUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct strbuf {
	char *buf;		/* always NUL-terminated */
	size_t size, len;
};

/** strbuf_cut - append what fits of a text */
void strbuf_cut(struct strbuf *l, const char *text, size_t len);

/** strbuf_bytes - append a text of @len bytes as it is, cut to what fits */
static inline void strbuf_bytes(struct strbuf *l, const char *text, size_t len)
{
	if (len >= l->size - l->len) {
		strbuf_cut(l, text, len);
		return;
	}
	memcpy(l->buf + l->len, text, len);
	l->len += len;
	l->buf[l->len] = '\0';
}

/** strbuf_text - the same of one that is terminated: of a constant nothing is counted */
static inline void strbuf_text(struct strbuf *l, const char *text)
{
	strbuf_bytes(l, text, strlen(text));
}

/** strbuf_add - append, cut to what fits */
void strbuf_add(struct strbuf *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** strbuf_number - append in decimal, cut to what fits */
void strbuf_number(struct strbuf *l, uint64_t n);

#endif
