/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line: a line of text under construction; never longer than its room. */
#ifndef NFTRACE_LINE_H
#define NFTRACE_LINE_H

#include <stddef.h>

struct line {
	char *buf;		/* always NUL-terminated */
	size_t size, len;
};

/** line_text - append a text as it is */
void line_text(struct line *l, const char *text);

/** line_add - append, cut to what fits */
void line_add(struct line *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
