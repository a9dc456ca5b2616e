/* SPDX-License-Identifier: GPL-2.0-or-later */
/* trace_line: what a log's TRACE line tells. */
#ifndef NFTRACE_TRACE_LINE_H
#define NFTRACE_TRACE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/event.h"

/* The most of a packet that a line tells: IPv4, ICMP, and of what that quotes IPv4, TCP. */
enum { TRACE_TEXT_PACKET = 60 + 8 + 60 + 60 };

struct trace_text_name {
	const char *at;
	size_t len;		/* 0: none */
};

/* One line, read.  Pointers are into the line and into this struct. */
struct trace_text {
	/* Without interface indexes and hook, which a line does not tell. */
	struct event e;
	struct trace_text_name in, out, phys_in, phys_out, host;
	uint64_t wall_ns;	/* since 1970, 0: the line does not tell */
	uint64_t boot_ns;	/* since the start of the machine, 0: no word */
	bool exact;		/* wall_ns is finer than a second */
	bool masked;		/* an address has parts that are not told: 0 here */
	uint8_t packet[TRACE_TEXT_PACKET];	/* made of the fields */
	uint8_t hw_header[14];
};

#endif
