/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_reading: a TRACE line that is being read, for the files that read one. */
#ifndef NFTRACE_TRACE_READING_H
#define NFTRACE_TRACE_READING_H

#include <stdint.h>

#include "replay/trace_build.h"

struct trace_text;

enum { TRACE_DEPTH = 2 };	/* a packet, and the one that it quotes */

/* Words that the kernel writes once a line, or once a packet of it. */
enum once { ONCE_IN, ONCE_OUT, ONCE_PHYSIN, ONCE_PHYSOUT, ONCE_MAC, ONCE_MARK,
	    ONCE_UID, ONCE_GID, ONCE_SRC, ONCE_DST, ONCE_PROTO, ONCE_GATEWAY };

struct trace_reading {
	struct trace_text *t;
	uint32_t seen[TRACE_DEPTH];	/* 1 << enum once, a packet */
	unsigned int depth;	/* the packet that is being read */
	uint8_t mac[14];
	unsigned int mac_len;	/* 14: an ethernet header */
	unsigned int mac_words;	/* that told a part of it */
	struct trace_text_packet packet[TRACE_DEPTH];	/* last: large, most lines have none to read */
};

#endif
