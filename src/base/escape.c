// SPDX-License-Identifier: GPL-2.0-or-later
/* escape: strangers' text made fit for a terminal, a JSON string or a page. */
#include "base/escape.h"

#include <stdint.h>
#include <string.h>

static const char escape_digits[] = "0123456789abcdef";

bool escape_is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' ||
		    (unsigned char)text[i] > '~')
			return false;
	return true;
}

/*
 * Length of the UTF-8 character at @s (RFC 3629), 0 when there is none;
 * @code is the character.
 */
static size_t utf8_length(const unsigned char *s, size_t len, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xf0 && s[0] < 0xf8 ? 4 :
		   s[0] >= 0xe0 && s[0] < 0xf0 ? 3 :
		   s[0] >= 0xc0 && s[0] < 0xe0 ? 2 : 0;

	if (n == 0 || n > len)
		return 0;
	*code = n == 1 ? s[0] : s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3f);
	}
	if (*code < least[n] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return n;
}

/*
 * Controls, line breaks and what turns the direction of writing.  U+FFFE and
 * U+FFFF are no characters: what reads XML takes no text that has one.
 */
static bool harmful(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x061c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069) || c == 0xfeff ||
	       c == 0xfffe || c == 0xffff;
}

static size_t put_hex(char *to, unsigned char byte)
{
	to[0] = '\\';
	to[1] = 'x';
	to[2] = escape_digits[byte >> 4];
	to[3] = escape_digits[byte & 15];
	return 4;
}

size_t escape_ascii(char *buf, size_t size, const char *text, size_t len)
{
	size_t at = 0;

	if (size == 0)
		return 0;
	for (size_t i = 0; i < len; i++) {
		bool plain = escape_is_plain(text + i, 1);

		if (at + (plain ? 1 : 4) >= size)
			break;
		if (plain)
			buf[at++] = text[i];
		else
			at += put_hex(buf + at, (unsigned char)text[i]);
	}
	buf[at] = '\0';
	return at;
}

size_t escape_text(char *buf, size_t size, const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t at = 0, i = 0;

	if (size == 0)
		return 0;
	if (len < size && escape_is_plain(text, len)) {
		memcpy(buf, text, len);
		buf[len] = '\0';
		return len;
	}
	while (i < len) {
		uint32_t code;
		size_t n = utf8_length(s + i, len - i, &code);

		if (n && !harmful(code)) {
			if (at + n >= size)
				break;
			memcpy(buf + at, s + i, n);
			at += n;
			i += n;
			continue;
		}
		n = n ? n : 1;
		if (at + 4 * n >= size)
			break;
		for (; n; n--, i++)
			at += put_hex(buf + at, s[i]);
	}
	buf[at] = '\0';
	return at;
}

static size_t put_u(char *to, uint32_t code)
{
	to[0] = '\\';
	to[1] = 'u';
	for (int i = 0; i < 4; i++)
		to[2 + i] = escape_digits[code >> (12 - 4 * i) & 15];
	return 6;
}

enum { PIECE = 16 };	/* bytes of one character, escaped in any way */

/*
 * How a form writes the character @code, the @n bytes at @s; 0: a byte that begins
 * none.  Return: bytes written, PIECE at most.
 */
typedef size_t piece_fn(char *to, const unsigned char *s, size_t n,
			uint32_t code);

/* The whole of @text, or as much as there is room for.  A call for each form: inlined. */
static inline __attribute__((always_inline)) size_t
put_pieces(char *buf, size_t size, const char *text, size_t len, piece_fn *put)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t at = 0;

	for (size_t i = 0; i < len; ) {
		char piece[PIECE];
		uint32_t code = 0;
		size_t n = utf8_length(s + i, len - i, &code);
		size_t put_len = put(piece, s + i, n, code);

		if (at + put_len > size)
			break;
		memcpy(buf + at, piece, put_len);
		at += put_len;
		i += n ? n : 1;
	}
	return at;
}

static inline size_t put_json(char *to, const unsigned char *s, size_t n,
			      uint32_t code)
{
	if (*s == '"' || *s == '\\') {
		to[0] = '\\';
		to[1] = (char)*s;
		return 2;
	}
	if (n == 0)
		return put_u(to, *s);
	/* The same to who parses it; all are below 0x10000. */
	if (harmful(code))
		return put_u(to, code);
	memcpy(to, s, n);
	return n;
}

/* Bytes that stand in a JSON string as they are. */
static size_t plain_run(const unsigned char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] >= ' ' && s[n] <= '~' && s[n] != '"' &&
	       s[n] != '\\')
		n++;
	return n;
}

size_t escape_json(char *buf, size_t size, const char *text, size_t len)
{
	size_t plain = plain_run((const unsigned char *)text,
				 len < size ? len : size);

	memcpy(buf, text, plain);
	return plain + put_pieces(buf + plain, size - plain, text + plain,
				  len - plain, put_json);
}

/* What means something in HTML; NULL: nothing. */
static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static inline size_t put_html(char *to, const unsigned char *s, size_t n,
			      uint32_t code)
{
	const char *word = entity((char)*s);
	size_t len = 0;

	if (word) {
		len = strlen(word);
		memcpy(to, word, len);
	} else if (n && !harmful(code)) {
		len = n;
		memcpy(to, s, n);
	} else {
		for (size_t k = 0; k < (n ? n : 1); k++)
			len += put_hex(to + len, s[k]);
	}
	return len;
}

size_t escape_html(char *buf, size_t size, const char *text, size_t len)
{
	return put_pieces(buf, size, text, len, put_html);
}
