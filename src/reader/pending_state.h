/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pending_state: what waits, as pending and pending_review share it. */
#ifndef NFTRACE_PENDING_STATE_H
#define NFTRACE_PENDING_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "reader/generations.h"

struct bulletin;
struct journey;
struct journeys;
struct nft_snapshot;
struct pending_ops;
struct place;
struct place_nft;
struct stats;

/* A journey, or an event with its packet behind it. */
struct held {
	struct held *next;
	struct journey *j;	/* NULL: an event */
	const struct place *at;	/* the event's */
	struct event e;		/* its .payload is .bytes */
	struct nft_span span;	/* the event's; a journey has its own */
	uint64_t wall_ns;	/* CLOCK_REALTIME, of the event */
	uint64_t since_ns;	/* CLOCK_MONOTONIC, when it began to wait for what it waits for */
	uint32_t ask;		/* number of the question it waits for; 0: unasked */
	uint32_t need;		/* the generation that was the answer */
	uint32_t readings;	/* of so many it waits for none any more; if .answered */
	bool answered;
	uint8_t bytes[];
};

struct pending {
	struct place_nft *nft;
	struct journeys *js;
	struct stats *stats;
	const struct bulletin *bulletin;
	const struct pending_ops *ops;
	void *arg;			/* of .ops */
	struct held *first, **last;	/* in the order in which they came */
	unsigned int count;
	unsigned int unasked;
	uint32_t asks;			/* questions so far */
	bool asking;			/* the last one has no answer yet */
	uint64_t asked_ns;		/* when it was asked ... */
	uint64_t asked_events;		/* ... and how many events had been read */
	struct generations answers;
	uint32_t readings;		/* of the rules, that are over */
	uint64_t reading_ns;		/* when the next was asked for; 0: it is not */
	/* Rules that were read, and are not installed yet. */
	const struct nft_snapshot *snap;
	bool drained;		/* all events from before .snap have been read */
};

#endif
