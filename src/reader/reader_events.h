/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader_events: one netlink message -> its journey, and what becomes of that. */
#ifndef NFTRACE_READER_EVENTS_H
#define NFTRACE_READER_EVENTS_H

#include <stddef.h>

#include "journey/journeys.h"
#include "place/place.h"
#include "reader/pending.h"

struct event;
struct nlmsghdr;
struct reader_state;

/** reader_on_message - one netlink message; @arg: the state; capture_receive() */
void reader_on_message(void *arg, const struct nlmsghdr *nlh, size_t len);

/** reader_on_event - one event of a message, or of a file */
void reader_on_event(struct reader_state *s, const struct event *e,
		     const struct place *at);

/* What becomes of journeys that are over, and of packets that were pending. */
extern const struct journey_ops reader_journey_ops;
extern const struct pending_ops reader_hold_ops;

#endif
