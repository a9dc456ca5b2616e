/* SPDX-License-Identifier: GPL-2.0-or-later */
/* queue_watch: may a queue of user space still hold a packet?  The supervisor can look. */
#ifndef NFTRACE_QUEUE_WATCH_H
#define NFTRACE_QUEUE_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/bulletin.h"

struct place;
struct stats;

/* Zeroed: nothing was asked.  Times are CLOCK_MONOTONIC. */
struct queue_watch {
	uint32_t asks;		/* questions so far */
	bool asking;		/* the last one has no answer yet */
	uint64_t asked_ns;	/* when it was asked */
	/* The last answer: of when, when it was seen, and what it says. */
	uint64_t of_ns, seen_ns;
	struct bulletin_queues queues;
};

/** queue_watch_answer - the supervisor has answered something */
void queue_watch_answer(struct queue_watch *w, const struct bulletin *b,
			uint64_t now_ns);

/**
 * queue_watch_holds - may the queue of rule @at hold a packet that was handed over at @since_ns?
 * @now_ns: taken before the socket was found empty
 * @ask: set when the supervisor is to be asked, by READER_QUEUES
 */
bool queue_watch_holds(struct queue_watch *w, const struct place *at,
		       uint64_t since_ns, uint64_t now_ns, bool *ask);

#endif
