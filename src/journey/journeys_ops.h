/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journeys_ops: what the owner of the journeys is told. */
#ifndef NFTRACE_JOURNEYS_OPS_H
#define NFTRACE_JOURNEYS_OPS_H

#include <stdbool.h>
#include <stdint.h>

struct journey;
struct place;

/* What the owner of the journeys wants to know. */
struct journey_ops {
	/*
	 * A journey is over.  False: the caller frees it then; true: kept
	 * until journeys_give_back().
	 */
	bool (*done)(void *arg, struct journey *j);
	/* A journey is over of which nothing is to be told; NULL: nobody asks. */
	void (*nothing)(void *arg, const struct journey *j);
	/*
	 * A journey that was kept was not over: more of it has come.  done()
	 * will be called for it again.
	 */
	void (*take_back)(void *arg, struct journey *j);
	/*
	 * May a queue of user space still hold a packet that it was handed,
	 * after long silence?  NULL: nobody knows, and it is taken for gone.
	 * @at: the rule; @since_ns: CLOCK_MONOTONIC, of its event
	 */
	bool (*is_queued)(void *arg, const struct place *at, uint64_t since_ns);
};

#endif
