/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pending: packets with events of nft wait until it is certain which rules they met. */
#ifndef NFTRACE_PENDING_H
#define NFTRACE_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bulletin;
struct event;
struct journey;
struct journeys;
struct nft_update;
struct place;
struct place_nft;
struct stats;

/* What is done with what need not wait any more. */
struct pending_ops {
	void (*journey)(void *arg, struct journey *j);	/* given back then */
	void (*event)(void *arg, const struct event *e, const struct place *at,
		      uint64_t wall_ns);
	/* A word for the supervisor: enum reader_word. */
	void (*tell)(void *arg, int word);
};

struct pending;

/** pending_open - all borrowed */
struct pending *pending_open(struct place_nft *nft, struct journeys *js,
			     struct stats *stats,
			     const struct bulletin *bulletin,
			     const struct pending_ops *ops, void *arg);
void pending_close(struct pending *h);

/** pending_journey - it is over; false: it need not wait, and stays the caller's */
bool pending_journey(struct pending *h, struct journey *j, uint64_t now_ns);

/** pending_take_back - it was not over: it is the caller's again */
void pending_take_back(struct pending *h, const struct journey *j);

/** pending_event - the same for an event that is written by itself */
bool pending_event(struct pending *h, const struct event *e,
		   const struct place *at, uint64_t now_ns, uint64_t wall_ns);

/** pending_update - the kernel tells of a change; pending_lost: messages are lost */
void pending_update(struct pending *h, const struct nft_update *c);
void pending_lost(struct pending *h);

/** pending_snapshot - the supervisor has read the rules; @fd is closed */
void pending_snapshot(struct pending *h, int fd, size_t size);

/** pending_drained - all that waited in the socket at pending_snapshot() has been read */
void pending_drained(struct pending *h);

/**
 * pending_poll - let go what is certain by now, ask about the rest
 * @empty: the socket has been read to its end
 * Return: ms until something has waited for too long, -1: nothing waits.
 */
int pending_poll(struct pending *h, uint64_t now_ns, bool empty);

/** pending_waits - is anything held? */
bool pending_waits(const struct pending *h);

/** pending_finish - let all go, certain or not */
void pending_finish(struct pending *h);

#endif
