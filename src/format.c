// SPDX-License-Identifier: GPL-2.0-or-later
/* format: printf for what is written a million times: words and whole numbers, no stdio. */
#include "format.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DIGITS = 20 };		/* of a 64-bit number */

struct text {
	char *at, *end;		/* the NUL goes to *end at the latest */
};

/* One directive, from behind its '%'. */
struct directive {
	unsigned int zeros;	/* least width, filled with zeros */
	unsigned int longs;
	char letter;
};

static void put(struct text *t, const char *bytes, size_t len)
{
	size_t room = (size_t)(t->end - t->at);

	if (len > room)
		len = room;
	memcpy(t->at, bytes, len);
	t->at += len;
}

static void put_number(struct text *t, uint64_t n, unsigned int base,
		       unsigned int zeros)
{
	char digits[DIGITS];
	unsigned int i = DIGITS;

	do
		digits[--i] = "0123456789abcdef"[n % base];
	while (n /= base);
	while (DIGITS - i < zeros && i)
		digits[--i] = '0';
	put(t, digits + i, DIGITS - i);
}

static const char *read_directive(const char *fmt, struct directive *d)
{
	*d = (struct directive){ 0 };
	if (*fmt == '0')
		for (fmt++; *fmt >= '0' && *fmt <= '9'; fmt++)
			d->zeros = d->zeros * 10 + (unsigned int)(*fmt - '0');
	for (; *fmt == 'l'; fmt++)
		d->longs++;
	d->letter = *fmt;
	return *fmt ? fmt + 1 : fmt;
}

static void put_signed(struct text *t, int64_t n, unsigned int zeros)
{
	if (n < 0)
		put(t, "-", 1);
	put_number(t, n < 0 ? -(uint64_t)n : (uint64_t)n, 10, zeros);
}

/* Return: false for a directive that is stdio's. */
static bool put_argument(struct text *t, const struct directive *d, va_list *ap)
{
	unsigned int base = d->letter == 'x' ? 16 : 10;
	const char *s;
	char c;

	switch (d->letter) {
	case 's':
		s = va_arg(*ap, const char *);
		put(t, s, strlen(s));
		return d->zeros == 0 && d->longs == 0;
	case 'c':
		c = (char)va_arg(*ap, int);
		put(t, &c, 1);
		return d->zeros == 0 && d->longs == 0;
	case 'd':
		put_signed(t, d->longs ? va_arg(*ap, long) : va_arg(*ap, int),
			   d->zeros);
		return d->zeros == 0;
	case 'u':
	case 'x':
		put_number(t, d->longs ? va_arg(*ap, unsigned long)
				       : va_arg(*ap, unsigned int), base,
			   d->zeros);
		return d->zeros <= DIGITS;
	}
	return false;
}

/* long and long long are of one size on every 64-bit Linux, not elsewhere. */
static bool is_ours(const struct directive *d)
{
	return d->longs == 0 || sizeof(long) == sizeof(long long);
}

static bool put_all(struct text *t, const char *fmt, va_list *ap)
{
	struct directive d;

	for (;;) {
		const char *mark = fmt;

		while (*mark && *mark != '%')
			mark++;
		put(t, fmt, (size_t)(mark - fmt));
		if (!*mark)
			return true;
		fmt = read_directive(mark + 1, &d);
		if (!is_ours(&d) || !put_argument(t, &d, ap))
			return false;
	}
}

size_t format_text_v(char *to, size_t size, const char *fmt, va_list ap)
{
	struct text t = { .at = to, .end = to + size - 1 };
	va_list again;
	bool done;
	int n;

	va_copy(again, ap);
	done = put_all(&t, fmt, &again);
	va_end(again);
	if (done) {
		*t.at = '\0';
		return (size_t)(t.at - to);
	}
	n = vsnprintf(to, size, fmt, ap);
	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

size_t format_text(char *to, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = format_text_v(to, size, fmt, ap);
	va_end(ap);
	return n;
}
