// SPDX-License-Identifier: GPL-2.0-or-later
/* columns: how much of a terminal's line a text takes. */
#include "base/columns.h"

#include "rules/base/units.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const struct range {
	uint32_t first, last;
	size_t columns;
} ranges[] = {
	{ 0x0300, 0x036f, 0 }, { 0x0483, 0x0489, 0 }, { 0x0591, 0x05bd, 0 },
	{ 0x0610, 0x061a, 0 }, { 0x064b, 0x065f, 0 }, { 0x093c, 0x093c, 0 },
	{ 0x0e34, 0x0e3a, 0 }, { 0x0e47, 0x0e4e, 0 }, { 0x1100, 0x115f, 2 },
	{ 0x1ab0, 0x1aff, 0 }, { 0x1dc0, 0x1dff, 0 }, { 0x20d0, 0x20f0, 0 },
	{ 0x2e80, 0x303e, 2 }, { 0x3041, 0xa4cf, 2 }, { 0xa960, 0xa97c, 2 },
	{ 0xac00, 0xd7a3, 2 }, { 0xf900, 0xfaff, 2 }, { 0xfe00, 0xfe0f, 0 },
	{ 0xfe20, 0xfe2f, 0 }, { 0xfe30, 0xfe6f, 2 }, { 0xff00, 0xff60, 2 },
	{ 0xffe0, 0xffe6, 2 }, { 0x1f300, 0x1f64f, 2 },
	{ 0x1f680, 0x1f6ff, 2 }, { 0x1f900, 0x1f9ff, 2 },
	{ 0x20000, 0x3fffd, 2 }, { 0xe0100, 0xe01ef, 0 },
};

static size_t columns_of_char(uint32_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (code <= ranges[i].last)
			return code < ranges[i].first ? 1 : ranges[i].columns;
	return 1;
}

/* ASCII, eight bytes at a time: nearly all that is printed. */
static const uint64_t HIGH_BITS = UINT64_C(0x8080808080808080);

static uint64_t eight_at(const char *text)
{
	uint64_t bytes;

	memcpy(&bytes, text, sizeof(bytes));
	return bytes;
}

static bool are_plain(const char *eight)
{
	return !(eight_at(eight) & HIGH_BITS);
}

/* One by one: of an array the compiler makes a copy first. */
static bool are_all_plain(const char *text)
{
	return !((eight_at(text) | eight_at(text + 8) | eight_at(text + 16) |
		  eight_at(text + 24)) & HIGH_BITS);
}

/* The last ones with some of those before them. */
static size_t plain_bytes(const char *text, size_t len)
{
	const size_t eight = sizeof(uint64_t);
	size_t n = 0;

	while (n + 4 * eight <= len && are_all_plain(text + n))
		n += 4 * eight;
	while (n + eight <= len && are_plain(text + n))
		n += eight;
	if (n && n + eight > len && are_plain(text + len - eight))
		return len;
	while (n < len && !((unsigned char)text[n] & 0x80))
		n++;
	return n;
}

/* The character at @s, whose bytes are taken; a byte that begins none stands for itself. */
static uint32_t take_char(const unsigned char **s, const unsigned char *end)
{
	uint32_t code = *(*s)++;

	if (code < 0xc0)
		return code;
	code &= code < 0xe0 ? 0x1f : code < 0xf0 ? 0x0f : 0x07;
	while (*s < end && (**s & 0xc0) == 0x80)
		code = code << 6 | (*(*s)++ & 0x3f);
	return code;
}

size_t columns_of(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text, *end = s + len;
	size_t n = plain_bytes(text, len);

	s += n;
	while (s < end)
		n += columns_of_char(take_char(&s, end));
	return n;
}
