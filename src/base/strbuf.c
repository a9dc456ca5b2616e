// SPDX-License-Identifier: GPL-2.0-or-later
/* strbuf: a line of text under construction; never longer than its room. */
#include "base/strbuf.h"

#include <stdarg.h>
#include <string.h>

#include "base/format.h"

void strbuf_cut(struct strbuf *l, const char *text, size_t len)
{
	size_t room = l->size - l->len - 1;

	if (len > room)
		len = room;
	memcpy(l->buf + l->len, text, len);
	l->len += len;
	l->buf[l->len] = '\0';
}

void strbuf_number(struct strbuf *l, uint64_t n)
{
	char digits[FORMAT_DECIMAL];

	strbuf_bytes(l, digits, (size_t)(format_decimal(digits, n) - digits));
}

void strbuf_add(struct strbuf *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	l->len += format_text_v(l->buf + l->len, l->size - l->len, fmt, ap);
	va_end(ap);
}
