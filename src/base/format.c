// SPDX-License-Identifier: GPL-2.0-or-later
/* format: printf for what is written a million times: words and whole numbers, no stdio. */
#include "base/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct text {
	char *at, *end;		/* the NUL goes to *end at the latest */
};

/* One directive, from behind its '%'. */
struct directive {
	unsigned int zeros;	/* least width, filled with zeros */
	unsigned int longs;
	char letter;
};

static void format_put(struct text *t, const char *bytes, size_t len)
{
	size_t room = (size_t)(t->end - t->at);

	if (len > room)
		len = room;
	memcpy(t->at, bytes, len);
	t->at += len;
}

static unsigned int count_digits(uint64_t n)
{
	unsigned int digits = 1;

	for (; n >= 1000; n /= 1000)
		digits += 3;
	return digits + (n >= 10) + (n >= 100);
}

#define TEN(d) { d, '0' }, { d, '1' }, { d, '2' }, { d, '3' }, { d, '4' }, \
	       { d, '5' }, { d, '6' }, { d, '7' }, { d, '8' }, { d, '9' }

static const char two_digits[100][2] = {
	TEN('0'), TEN('1'), TEN('2'), TEN('3'), TEN('4'),
	TEN('5'), TEN('6'), TEN('7'), TEN('8'), TEN('9'),
};

/* The bases are constants, since a division is slow. */
char *format_decimal(char *to, uint64_t n)
{
	char *end, *at;
	uint32_t small;

	if (n < 10) {
		*to = (char)('0' + n);
		return to + 1;
	}
	end = at = to + count_digits(n);
	for (; n > UINT32_MAX; n /= 10)
		*--at = (char)('0' + n % 10);
	for (small = (uint32_t)n; at - to >= 2; small /= 100) {
		at -= 2;
		memcpy(at, two_digits[small % 100], 2);
	}
	if (at > to)
		*to = (char)('0' + small);
	return end;
}

static const char hex_digits[] = "0123456789abcdef";

char *format_hex(char *to, uint64_t n)
{
	int shift = 60;

	while (shift && !(n >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*to++ = hex_digits[n >> shift & 15];
	return to;
}

#define SIXTEEN(d) { d, '0' }, { d, '1' }, { d, '2' }, { d, '3' }, { d, '4' }, \
		   { d, '5' }, { d, '6' }, { d, '7' }, { d, '8' }, { d, '9' }, \
		   { d, 'a' }, { d, 'b' }, { d, 'c' }, { d, 'd' }, { d, 'e' }, \
		   { d, 'f' }

static const char hex_bytes[256][2] = {
	SIXTEEN('0'), SIXTEEN('1'), SIXTEEN('2'), SIXTEEN('3'), SIXTEEN('4'),
	SIXTEEN('5'), SIXTEEN('6'), SIXTEEN('7'), SIXTEEN('8'), SIXTEEN('9'),
	SIXTEEN('a'), SIXTEEN('b'), SIXTEEN('c'), SIXTEEN('d'), SIXTEEN('e'),
	SIXTEEN('f'),
};

char *format_bytes(char *to, const void *bytes, size_t len)
{
	const uint8_t *b = bytes;

	/* No bytes may lie nowhere: no end is reckoned from there. */
	for (size_t i = 0; i < len; i++, to += 2)
		memcpy(to, hex_bytes[b[i]], 2);
	return to;
}

char *format_six(char *to, uint32_t n)
{
	memcpy(to, two_digits[n / 10000 % 100], 2);
	memcpy(to + 2, two_digits[n / 100 % 100], 2);
	memcpy(to + 4, two_digits[n % 100], 2);
	return to + 6;
}

static void put_number(struct text *t, uint64_t n, bool hex,
		       unsigned int zeros)
{
	char digits[FORMAT_DECIMAL];
	char *end = hex ? format_hex(digits, n) : format_decimal(digits, n);

	for (size_t len = (size_t)(end - digits); len < zeros; len++)
		format_put(t, "0", 1);
	for (const char *from = digits; from < end && t->at < t->end; )
		*t->at++ = *from++;
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
		format_put(t, "-", 1);
	put_number(t, n < 0 ? -(uint64_t)n : (uint64_t)n, false, zeros);
}

/* Return: false for a directive that is stdio's. */
static bool put_argument(struct text *t, const struct directive *d, va_list *ap)
{
	const char *s;
	char c;

	switch (d->letter) {
	case 's':
		s = va_arg(*ap, const char *);
		format_put(t, s, strlen(s));
		return d->zeros == 0 && d->longs == 0;
	case 'c':
		c = (char)va_arg(*ap, int);
		format_put(t, &c, 1);
		return d->zeros == 0 && d->longs == 0;
	case 'd':
		put_signed(t, d->longs ? va_arg(*ap, long) : va_arg(*ap, int),
			   d->zeros);
		return d->zeros == 0;
	case 'u':
	case 'x':
		put_number(t, d->longs ? va_arg(*ap, unsigned long)
				       : va_arg(*ap, unsigned int),
			   d->letter == 'x', d->zeros);
		return d->zeros <= FORMAT_DECIMAL;
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

	while (*fmt) {
		if (*fmt != '%') {
			if (t->at < t->end)
				*t->at++ = *fmt;
			fmt++;
			continue;
		}
		fmt = read_directive(fmt + 1, &d);
		if (!is_ours(&d) || !put_argument(t, &d, ap))
			return false;
	}
	return true;
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
