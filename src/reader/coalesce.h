/* SPDX-License-Identifier: GPL-2.0-or-later */
/* coalesce: how long the reader rests so that more events come together. */
#ifndef NFTRACE_COALESCE_H
#define NFTRACE_COALESCE_H

#include <stddef.h>
#include <stdint.h>

struct coalesce {
	uint64_t since_ns;	/* CLOCK_MONOTONIC: counted from here */
	uint32_t events;	/* since then */
	uint32_t room;		/* so many may wait in the buffer */
	int rest_ms;		/* as last decided */
};

/**
 * coalesce_open - @buffer: bytes that the socket can hold; @snaplen: of each packet
 * kept
 */
void coalesce_open(struct coalesce *p, size_t buffer, uint32_t snaplen);

/**
 * coalesce_rest_ms - @n events were read, the last at @now_ns, and no more is there
 * Return: how long to rest; 0: what comes next is to be read at once.
 */
int coalesce_rest_ms(struct coalesce *p, unsigned int n, uint64_t now_ns);

#endif
