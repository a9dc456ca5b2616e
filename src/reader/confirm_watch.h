/* SPDX-License-Identifier: GPL-2.0-or-later */
/* confirm_watch: has conntrack dropped new connections at the very end of a hook? */
#ifndef NFTRACE_CONFIRM_WATCH_H
#define NFTRACE_CONFIRM_WATCH_H

#include <stdbool.h>
#include <stdint.h>

struct bulletin;

/*
 * Behind all tables conntrack confirms a connection by its first packet, and drops
 * that without an event when another one has its addresses by then.  It counts
 * them.  Times are CLOCK_MONOTONIC.
 */
struct confirm_watch {
	uint32_t asks;		/* questions so far */
	uint64_t of_ns;		/* when the last one that has an answer was asked */
	uint64_t failed;	/* it: connections of the last second or so */
};

/** confirm_watch_is_behind - must be asked to know of a packet whose last event was read then */
bool confirm_watch_is_behind(const struct confirm_watch *w, uint64_t last_ns);

/** confirm_watch_answer - question .asks, which was asked at @asked_ns, may have its answer */
void confirm_watch_answer(struct confirm_watch *w, const struct bulletin *b,
			  uint64_t asked_ns);

/**
 * confirm_watch_failed - new connections that were dropped about when this packet ended
 * Return: 0: none, or nobody knows.
 */
uint64_t confirm_watch_failed(const struct confirm_watch *w, uint64_t last_ns);

#endif
