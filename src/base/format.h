/* SPDX-License-Identifier: GPL-2.0-or-later */
/* format: printf for what is written a million times: words and whole numbers, no stdio. */
#ifndef NFTRACE_FORMAT_H
#define NFTRACE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

enum { FORMAT_DECIMAL = 20 };	/* digits of a 64-bit number */

/**
 * format_text - snprintf, but returns what is in @to
 * @size: bytes of @to, at least 1
 *
 * Quick for %s, %c, %d, %u, %x, l and ll, and zero padding (%06u); a format
 * with any other directive takes the way through vsnprintf.
 *
 * Return: bytes in @to without the NUL, which is always there.
 */
size_t format_text(char *to, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** format_text_v - the same of a va_list */
size_t format_text_v(char *to, size_t size, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

/**
 * format_decimal - a number's digits, FORMAT_DECIMAL of them at most, no NUL
 * Return: the place behind them.
 */
char *format_decimal(char *to, uint64_t n);

/** format_six - the last six digits of a number, zeros as well: a second's microseconds */
char *format_six(char *to, uint32_t n);

/** format_hex, format_bytes - the same for a number, and for bytes: two digits each */
char *format_hex(char *to, uint64_t n);
char *format_bytes(char *to, const void *bytes, size_t len);

#endif
