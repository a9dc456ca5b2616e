/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_again: a packet's words, which most of its lines have in common, read once. */
#ifndef NFTRACE_TRACE_AGAIN_H
#define NFTRACE_TRACE_AGAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "replay/trace_line.h"
#include "rules/base/strview.h"

enum {
	TRACE_AGAIN_TEXT = 480,		/* bytes; most lines are shorter */
	TRACE_AGAIN_PACKETS = 64,	/* that pass at one time */
};

/* From "SRC=" to the line's end, and what of struct trace_text that gave. */
struct trace_again_packet {
	uint16_t len;			/* of .text; 0: nothing is kept */
	uint16_t payload_len;
	uint8_t nfproto;
	bool masked;
	uint32_t flags, mark, uid, gid;	/* of struct event */
	char text[TRACE_AGAIN_TEXT];
	uint8_t payload[TRACE_TEXT_PACKET];
};

/* All bytes 0: nothing is kept. */
struct trace_again {
	struct trace_again_packet packet[TRACE_AGAIN_PACKETS];
};

/**
 * trace_again_find - where these words are kept, or would be
 * Return: NULL: they are too long for it.
 */
struct trace_again_packet *trace_again_find(struct trace_again *a,
					    struct strview words);

/** trace_again_has - are they? */
bool trace_again_has(const struct trace_again_packet *p, struct strview words);

/** trace_again_keep - what @t was made of them, and of nothing else */
void trace_again_keep(struct trace_again_packet *p, struct strview words,
		      const struct trace_text *t);

/** trace_again_give - the same, of another line; what of @t is of no packet stays */
void trace_again_give(const struct trace_again_packet *p, struct trace_text *t);

#endif
