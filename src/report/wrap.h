/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrap: lines for a terminal, broken between words where they would be too wide. */
#ifndef NFTRACE_WRAP_H
#define NFTRACE_WRAP_H

#include <stddef.h>

#include "base/outbuf.h"

/*
 * A line under way.  What has been written into @o since wrap_here() is given its
 * place by wrap_flow() or wrap_unit(); what comes in between, colours, takes none.
 */
struct wrap {
	struct outbuf *o;
	unsigned int width;	/* columns of a line */
	unsigned int indent;	/* columns in front of what goes on in the next one */
	unsigned int column;	/* so many are taken */
};

/** wrap_here - where what is written next begins */
static inline size_t wrap_here(const struct wrap *w)
{
	return outbuf_written(w->o);
}

/**
 * wrap_flow - break what was written since @at between words, where it is too wide
 *
 * Not in front of ">" and "->", nor between an option and its value, or "by" and a
 * rule.  A word that is wider than a line is left whole.
 */
void wrap_flow(struct wrap *w, size_t at);

/** wrap_rows - how many lines wrap_flow() would make of it, this one among them */
unsigned int wrap_rows(const struct wrap *w, size_t at);

/** wrap_known - the same of a text of so many columns, which need not be counted */
void wrap_known(struct wrap *w, size_t at, size_t columns);

/** wrap_unit - the same, but all of it goes into the next line unless that is too narrow */
void wrap_unit(struct wrap *w, size_t at);

/** wrap_text - a text of the program's own, flowing */
void wrap_text(struct wrap *w, const char *text);

/** wrap_pad - blanks up to @column, one at least */
void wrap_pad(struct wrap *w, unsigned int column);

/** wrap_end - end the line */
void wrap_end(struct wrap *w);

/**
 * wrap_lines - break what was written into @o since byte @at of its record, whole lines
 * @lead: columns that are taken in front of the first
 *
 * As wrap_flow() does each that is wider than @width columns; it goes on six columns
 * further in than it begins.  Colours take none.
 */
void wrap_lines(struct outbuf *o, size_t at, unsigned int width,
		unsigned int lead);

#endif
