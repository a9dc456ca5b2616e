/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line_fit: a line of parts, of which the less important ones give way where it is too wide. */
#ifndef NFTRACE_LINE_FIT_H
#define NFTRACE_LINE_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outbuf;

enum line_kind {
	LINE_FIXED,	/* never cut, unless nothing else helps */
	LINE_COLOR,	/* takes no column */
	LINE_SRC, LINE_DST,	/* addresses of the headers */
	LINE_PROTO,	/* ": tcp S" */
	LINE_WORDS,	/* what else they say */
	LINE_IN, LINE_OUT,
	LINE_NAT_SRC, LINE_NAT_DST,
	LINE_NAT_WORD,	/* "DNAT by " */
	LINE_FAMILY,	/* "nft ip " of a rule's place, and of it */
	LINE_NAT_TABLE, LINE_NAT_CHAIN,
	LINE_BY_TABLE, LINE_BY_CHAIN,
	LINE_VIA_TABLE, LINE_VIA,
	LINE_MARK,	/* " mark by mangle:PREROUTING:1" */
	LINE_ELEMENT,	/* of a verdict map */
	LINE_WHERE,	/* "after PREROUTING: no rule dropped it; " */
	LINE_KERNEL,	/* "kernel: NO_SOCKET at tcp_v4_rcv: " */
	LINE_REASON,
	LINE_OWNER,
	LINE_NEAR,	/* "; near filter:INPUT:2 (--dport 80: the packet's is 81)" */
};

enum { LINE_PARTS = 64 };

struct line {
	struct outbuf *o;
	size_t at[LINE_PARTS];	/* in the record where each begins */
	uint8_t kind[LINE_PARTS];	/* enum line_kind */
	unsigned int parts;
	bool whole;		/* nothing gives way, and nothing is coloured: one part */
};

/** line_begin - of no parts yet: what these will be is not filled with zeros for each line */
static inline void line_begin(struct line *l, struct outbuf *o, bool whole)
{
	l->o = o;
	l->parts = 0;
	l->whole = whole;
}

/** line_part - what is written from here on is of that kind */
void line_part(struct line *l, enum line_kind kind);

/** line_take - @len bytes that were written behind the line already */
void line_take(struct line *l, enum line_kind kind, size_t len);

/** line_columns - that all of it takes */
size_t line_columns(const struct line *l);

/**
 * line_fit - make it as narrow as @width, or narrower
 *
 * A table says what gives way first, and how far: a part goes, or is cut, with "~" where
 * it was; of a rule its number stays, of an address its end.
 *
 * Return: something had to.
 */
bool line_fit(struct line *l, size_t width);

#endif
