/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hold: packets with events of nft wait until it is certain which rules they met. */
#ifndef NFTRACE_HOLD_H
#define NFTRACE_HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bulletin;
struct event;
struct journey;
struct journeys;
struct nft_change;
struct place;
struct place_nft;
struct stats;

/* What is done with what need not wait any more. */
struct hold_ops {
	void (*journey)(void *arg, struct journey *j);	/* given back then */
	void (*event)(void *arg, const struct event *e, const struct place *at,
		      uint64_t wall_ns);
	/* A word for the supervisor: enum reader_word. */
	void (*tell)(void *arg, int word);
};

struct hold;

/** hold_open - all borrowed */
struct hold *hold_open(struct place_nft *nft, struct journeys *js,
		       struct stats *stats, const struct bulletin *bulletin,
		       const struct hold_ops *ops, void *arg);
void hold_close(struct hold *h);

/** hold_journey - it is over; false: it need not wait, and stays the caller's */
bool hold_journey(struct hold *h, struct journey *j, uint64_t now_ns);

/** hold_take_back - it was not over: it is the caller's again */
void hold_take_back(struct hold *h, const struct journey *j);

/** hold_event - the same for an event that is written by itself */
bool hold_event(struct hold *h, const struct event *e, const struct place *at,
		uint64_t now_ns, uint64_t wall_ns);

/** hold_change - the kernel tells of a change; hold_lost: messages are lost */
void hold_change(struct hold *h, const struct nft_change *c);
void hold_lost(struct hold *h);

/** hold_snapshot - the supervisor has read the rules; @fd is closed */
void hold_snapshot(struct hold *h, int fd, size_t size);

/** hold_drained - all that waited in the socket at hold_snapshot() has been read */
void hold_drained(struct hold *h);

/**
 * hold_turn - let go what is certain by now, ask about the rest
 * @empty: the socket has been read to its end
 * Return: ms until something has waited for too long, -1: nothing waits.
 */
int hold_turn(struct hold *h, uint64_t now_ns, bool empty);

/** hold_waits - is anything held? */
bool hold_waits(const struct hold *h);

/** hold_finish - let all go, certain or not */
void hold_finish(struct hold *h);

#endif
