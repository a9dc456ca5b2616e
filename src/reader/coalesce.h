/* SPDX-License-Identifier: GPL-2.0-or-later */
/* coalesce: how long the reader rests so that more events come together. */
#ifndef NFTRACE_COALESCE_H
#define NFTRACE_COALESCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct coalesce {
	uint64_t since_ns;	/* CLOCK_MONOTONIC: .events are counted from here */
	uint32_t events;
	uint32_t room;		/* events that the socket's buffer can hold */
	int rest_ms;		/* as last decided */
};

/* Zeroed: nothing was read yet.  Times are CLOCK_MONOTONIC. */
struct flood {
	uint64_t since_ns;	/* .events are counted from here */
	uint64_t behind_ns;	/* since then not all was read; 0: it was */
	uint32_t events;
	bool before;		/* before .since_ns there was one */
};

/**
 * coalesce_open - nothing was read yet
 * @buffer: bytes that the socket can hold
 * @snaplen: bytes that are kept of each packet
 */
void coalesce_open(struct coalesce *p, size_t buffer, uint32_t snaplen);

/**
 * coalesce_rest_ms - how long to let events come together
 * @n: events just read; the socket is empty now
 * @now_ns: CLOCK_MONOTONIC
 * Return: milliseconds; 0: the next event is to be read at once.
 */
int coalesce_rest_ms(struct coalesce *p, unsigned int n, uint64_t now_ns);

/**
 * flood_is_on - is there more than one packet's burst, so that nothing but reading has time?
 * @n: events just read
 * @caught_up: that was all
 * @now_ns: CLOCK_MONOTONIC
 */
bool flood_is_on(struct flood *f, unsigned int n, bool caught_up, uint64_t now_ns);

#endif
