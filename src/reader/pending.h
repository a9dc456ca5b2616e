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

/* What is done with journeys and events that need not wait any more. */
struct pending_ops {
	/* @j is whoever takes it here to journeys_give_back(). */
	void (*journey)(void *arg, struct journey *j);
	void (*event)(void *arg, const struct event *e, const struct place *at,
		      uint64_t wall_ns);
	/* A word for the supervisor: enum reader_word. */
	void (*tell)(void *arg, int word);
};

struct pending;

/**
 * pending_open - nothing waits yet
 * All that is given is borrowed until pending_close().
 * Return: NULL: no memory.
 */
struct pending *pending_open(struct place_nft *nft, struct journeys *js,
			     struct stats *stats,
			     const struct bulletin *bulletin,
			     const struct pending_ops *ops, void *arg);

/** pending_close - pending_finish() first; NULL: nothing to do */
void pending_close(struct pending *p);

/**
 * pending_journey - a journey is over, and waits if it has events of nft
 * @now_ns: here and below CLOCK_MONOTONIC
 * Return: true: kept until ops.journey(); false: it need not wait, or there is
 * no memory, and it stays the caller's.
 */
bool pending_journey(struct pending *p, struct journey *j, uint64_t now_ns);

/** pending_take_back - a journey that waits was not over: the caller's again */
void pending_take_back(struct pending *p, const struct journey *j);

/**
 * pending_event - the same for an event that is written by itself
 * @e: copied
 * @wall_ns: CLOCK_REALTIME
 *
 * For the order an event of a legacy table waits as well, behind others.
 */
bool pending_event(struct pending *p, const struct event *e,
		   const struct place *at, uint64_t now_ns, uint64_t wall_ns);

/** pending_update - the kernel tells of a change; pending_lost: messages are lost */
void pending_update(struct pending *p, const struct nft_update *c);
void pending_lost(struct pending *p);

/**
 * pending_snapshot - the supervisor has read the rules
 * @fd: of @size bytes, closed here; -1: it failed
 */
void pending_snapshot(struct pending *p, int fd, size_t size);

/** pending_drained - what was in the socket at pending_snapshot() has been read */
void pending_drained(struct pending *p);

/**
 * pending_poll - release what is certain by now, ask about the rest
 * @empty: the socket has been read to its end
 * Return: ms until something has waited for too long, -1: nothing waits.
 */
int pending_poll(struct pending *p, uint64_t now_ns, bool empty);

/** pending_waits - does anything wait? */
bool pending_waits(const struct pending *p);

/** pending_is_read_for - are the rules being read for what waits, and not for too long? */
bool pending_is_read_for(const struct pending *p, uint64_t now_ns);

/** pending_each_place - all places that what waits points to */
void pending_each_place(const struct pending *p,
			void (*fn)(void *arg, const struct place *at),
			void *arg);

/** pending_finish - release all, certain or not */
void pending_finish(struct pending *p);

#endif
