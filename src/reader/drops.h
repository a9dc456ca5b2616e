/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drops: the kernel's drop records, each to its packet, whether that is printed or not. */
#ifndef NFTRACE_DROPS_H
#define NFTRACE_DROPS_H

#include <stdbool.h>
#include <stdint.h>

struct bulletin;
struct drop_reasons;
struct drop_record;
struct drop_ring;
struct drops;
struct journey;
struct journeys;
struct path_map;
struct report_late;
struct stats;

/* What is given to drops_open(), and borrowed until drops_close(). */
struct drops_env {
	struct drop_ring *ring;
	const struct drop_reasons *reasons;	/* names; NULL: none */
	struct journeys *journeys;
	const struct path_map *map;
	struct stats *stats;
	const struct bulletin *bulletin;
	/* The supervisor is to tell in which function a record was made. */
	void (*ask)(void *arg);
	/* A packet was printed with another fate than it had. */
	void (*late)(void *arg, const struct report_late *late);
	void *arg;
};

/** drops_open - no record yet; NULL: no memory.  drops_close() takes NULL */
struct drops *drops_open(const struct drops_env *env);
void drops_close(struct drops *d);

/**
 * drops_mark - before the socket is read
 * @now_ns: CLOCK_MONOTONIC, here and below
 *
 * What is in the ring now has its events in the socket, or they were read.
 * Return: false: the mark of before stands, drops_take() has not come to it.
 */
bool drops_mark(struct drops *d, uint64_t now_ns);

/**
 * drops_fetch - make room in the ring, which is small
 * Reading the socket to its end may take long.
 */
void drops_fetch(struct drops *d);

/**
 * drops_take - all is read that was in the socket at drops_mark()
 * Return: CLOCK_MONOTONIC until which no record is missing.
 */
uint64_t drops_take(struct drops *d, uint64_t now_ns);

/** drops_are_there - has anything been written that was not read, up to drops_mark()? */
bool drops_are_there(const struct drops *d);

/** drops_add - one record; drops_take() does that with those of the ring */
void drops_add(struct drops *d, const struct drop_record *r, uint64_t now_ns);

/** drops_due_ms - when the ring is to be looked at, whether events come or not; -1: never */
int drops_due_ms(const struct drops *d, uint64_t now_ns);

/** drops_wait - are there records that wait for the supervisor's answer? */
bool drops_wait(const struct drops *d);

/** drops_decide - what the journey's records make of its fates; it is over, and its turn */
void drops_decide(struct drops *d, struct journey *j);

/* Why a packet's record may be missing. */
enum drops_lack {
	DROPS_ALL_READ,		/* none is: there is a record, or none was written */
	DROPS_NO_ROOM,		/* the kernel had no room for some */
	DROPS_UNREAD,		/* not all were read that can be of the packet */
	DROPS_NOT_HAD,		/* the run has none, and no struct drops */
};

/**
 * drops_lack - may there be a record of the journey that nobody has read?
 * Then that none is known does not tell that its packet has gone on.
 */
enum drops_lack drops_lack(const struct drops *d, const struct journey *j);

/**
 * drops_remember - the journey will be freed; a record may yet come
 * .number is 0 if it was not printed.
 */
void drops_remember(struct drops *d, const struct journey *j, uint32_t hidden);

/** drops_finish - nobody answers any more: what waits goes on without a name */
void drops_finish(struct drops *d, uint64_t now_ns);

#endif
