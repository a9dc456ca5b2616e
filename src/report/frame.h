/* SPDX-License-Identifier: GPL-2.0-or-later */
/* frame: what goes in front of each packet's text to a process that sets several runs' in order. */
#ifndef NFTRACE_FRAME_H
#define NFTRACE_FRAME_H

#include <stdbool.h>
#include <stdint.h>

struct journey;
struct outbuf;

/* Begins a frame; no form of report lets it through. */
enum { FRAME_MARK = '\x1e' };

/* A packet as it came in, and as it was last seen. */
struct frame {
	uint64_t number;	/* as it is printed */
	uint64_t first_ns;	/* CLOCK_REALTIME of its first event */
	uint64_t key;		/* identity_key() over what every event has */
	uint64_t ends[2];	/* addresses, ports, ids, ToS: first, last; hashed */
	uint8_t ttl[2];
	uint32_t in;		/* interface index; 0: by none */
	uint32_t out;		/* the same, when it left by one; 0: it did not */
	bool forwarded;		/* it may have been seen last before its TTL went down */
};

/** frame_put - a line in front of the packet's text, and one behind it */
void frame_put(struct outbuf *o, const struct journey *j);
void frame_put_end(struct outbuf *o);

/**
 * frame_read - of a line behind its mark, up to its newline
 * Return: false: it is none of a packet's beginning.
 */
bool frame_read(struct frame *f, const char *line);

#endif
