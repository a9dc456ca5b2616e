/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seen_lines: lines of a log that it holds a second time, as several files of one have them. */
#ifndef NFTRACE_SEEN_LINES_H
#define NFTRACE_SEEN_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "replay/wrapped.h"
#include "rules/base/strview.h"
#include "rules/base/units.h"

struct trace_text;

enum {
	SEEN_LINES_CHUNK = 1024,	/* lines */
	SEEN_LINES_CHUNKS = HASH_SLOTS(4096),
};

/* Lines one behind the other; the times are what lies between. */
struct seen_chunk {
	uint64_t from_ns, to_ns;
	uint32_t count;
	uint32_t line[SEEN_LINES_CHUNK];	/* a hash each */
};

/*
 * While times go on nothing is looked up: a line is remembered by a hash of it, behind the
 * last one.  Whoever is older than one that was there is looked for.
 */
struct seen_lines {
	struct seen_chunk *chunk[SEEN_LINES_CHUNKS];	/* those behind .chunks are NULL */
	uint32_t chunks;
	uint32_t cursor;	/* where the last one was found that was there twice */
	uint64_t newest_ns;
	bool behind;		/* times went back, and have not come to where they were */
	uint64_t spent, lines;	/* steps of looking; lines that were asked for */
	size_t last_len;	/* of the line before, 0: none */
	char last[WRAPPED_TEXT];
};

/** seen_lines_clear - its memory; empty afterwards */
void seen_lines_clear(struct seen_lines *s);

/**
 * seen_lines_again - was this line there before?  Else it is remembered, while there is room.
 * The one before is the same if all of it is; what stands in front of one further up is its
 * file's own.
 * @t: what it says
 */
bool seen_lines_again(struct seen_lines *s, const struct trace_text *t,
		      struct strview line);

#endif
