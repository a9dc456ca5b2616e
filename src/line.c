// SPDX-License-Identifier: GPL-2.0-or-later
/* line: a line of text under construction; never longer than its room. */
#include "line.h"

#include <stdarg.h>
#include <stdio.h>

void line_add(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->buf + l->len, l->size - l->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->len += (size_t)n;
	if (l->len >= l->size)
		l->len = l->size - 1;
}
