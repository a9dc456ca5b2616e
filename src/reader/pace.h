/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pace: how long the reader rests so that more events come together. */
#ifndef NFTRACE_PACE_H
#define NFTRACE_PACE_H

#include <stddef.h>
#include <stdint.h>

struct pace {
	uint64_t since_ns;	/* CLOCK_MONOTONIC: counted from here */
	uint32_t events;	/* since then */
	uint32_t room;		/* so many may wait in the buffer */
	int rest_ms;		/* as last decided */
};

/**
 * pace_open - @buffer: bytes that the socket can hold; @snaplen: of each packet
 * kept
 */
void pace_open(struct pace *p, size_t buffer, uint32_t snaplen);

/**
 * pace_rest_ms - @n events were read, the last at @now_ns, and no more is there
 * Return: how long to rest; 0: what comes next is to be read at once.
 */
int pace_rest_ms(struct pace *p, unsigned int n, uint64_t now_ns);

#endif
