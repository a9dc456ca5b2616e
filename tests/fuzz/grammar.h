/* SPDX-License-Identifier: GPL-2.0-or-later */
/* grammar: a fuzzer's bytes as decisions of a writer who knows the format and means ill. */
#ifndef TESTS_FUZZ_GRAMMAR_H
#define TESTS_FUZZ_GRAMMAR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* What is written; what has no room is left out. */
struct made {
	char at[64 << 10];
	size_t len;
};

/* The bytes not used yet. */
struct grammar {
	const uint8_t *at, *end;
};

/* Below @n; 0 when no bytes are left, so 0 has to be the plain way. */
static inline unsigned int grammar_pick(struct grammar *g, unsigned int n)
{
	return g->at < g->end ? *g->at++ % n : 0;
}

static inline bool grammar_rarely(struct grammar *g)
{
	return grammar_pick(g, 16) == 15;
}

static inline void made_bytes(struct made *m, const void *bytes, size_t len)
{
	if (len > sizeof(m->at) - m->len)
		return;
	memcpy(m->at + m->len, bytes, len);
	m->len += len;
}

static inline void made_text(struct made *m, const char *text)
{
	made_bytes(m, text, strlen(text));
}

static inline void made_printf(struct made *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static inline void made_printf(struct made *m, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	made_text(m, text);
}

static inline void made_hex(struct made *m, const void *bytes, size_t len)
{
	const uint8_t *b = bytes;

	for (size_t i = 0; i < len; i++)
		made_printf(m, "%02x", b[i]);
}

/* Bytes of the fuzzer's own, few or none. */
static inline size_t grammar_bytes(struct grammar *g, char *to, size_t size)
{
	size_t n = grammar_pick(g, (unsigned int)size);
	size_t left = (size_t)(g->end - g->at);

	n = n < left ? n : left;
	memcpy(to, g->at, n);
	g->at += n;
	return n;
}

struct grammar_text {
	const char *at;
	size_t len;
};

#define GRAMMAR_TEXT(literal) { literal, sizeof(literal) - 1 }

/* Drives terminals, ends lines and strings, looks like results or like another field. */
static inline struct grammar_text grammar_hostile(struct grammar *g)
{
	static const struct grammar_text texts[] = {
		GRAMMAR_TEXT("\33[2J"), GRAMMAR_TEXT("a\n=> DROP by x"),
		GRAMMAR_TEXT("\r#9 TRACE: filter:INPUT:rule:9"),
		GRAMMAR_TEXT("\xc2\x9b" "31m"), GRAMMAR_TEXT("\x9b\xff"),
		GRAMMAR_TEXT("\xe2\x80\xae"), GRAMMAR_TEXT("\"\\"),
		GRAMMAR_TEXT("1\",\"uid\":\"0"), GRAMMAR_TEXT("x  \"y\""),
		GRAMMAR_TEXT("\0"), GRAMMAR_TEXT("a\0b"), GRAMMAR_TEXT(","),
		GRAMMAR_TEXT(":rule:2"), GRAMMAR_TEXT("%s%n%"),
		GRAMMAR_TEXT("   "), GRAMMAR_TEXT(""),
		GRAMMAR_TEXT("-1"), GRAMMAR_TEXT("0"), GRAMMAR_TEXT("300"),
		GRAMMAR_TEXT("65536"), GRAMMAR_TEXT("70000"),
		GRAMMAR_TEXT("4294967295"), GRAMMAR_TEXT("4294967296"),
		GRAMMAR_TEXT("99999999999999999999"), GRAMMAR_TEXT("\xf0\x9f\x98\x80"),
		GRAMMAR_TEXT("a-name-that-is-longer-than-that-of-any-interface-"
			     "or-chain-of-the-kernel-and-then-some-of-it"),
	};
	static char own[32];
	unsigned int i = grammar_pick(g, sizeof(texts) / sizeof(texts[0]) + 4);

	if (i < sizeof(texts) / sizeof(texts[0]))
		return texts[i];
	return (struct grammar_text){ own, grammar_bytes(g, own, sizeof(own)) };
}

#endif
