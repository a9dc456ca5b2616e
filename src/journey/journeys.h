/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journeys: each event to its journey. */
#ifndef NFTRACE_JOURNEYS_H
#define NFTRACE_JOURNEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/journeys_ops.h"

struct drop_match;
struct drop_record;
struct drop_seen;
struct drop_sight;
struct event;
struct journey;
struct observation;
struct path_map;
struct place;

struct journeys;

/**
 * journeys_open - an empty collection
 * @map: which tables are where, for each family; borrowed
 * @snaplen: bytes kept of each packet: as many as an event can have
 * @nft: events of nft come as well, with less of each packet
 * @foreign_trace: others' TRACE rules are there: a journey may begin anywhere
 * @ops, @arg: borrowed, as @map is, until journeys_close()
 * Return: freed with journeys_close(); NULL: no memory.
 */
struct journeys *journeys_open(const struct path_map *map, uint32_t snaplen,
			       bool foreign_trace, bool nft,
			       const struct journey_ops *ops, void *arg);
/** journeys_close - free all journeys, without done(): journeys_finish() first; NULL is nothing */
void journeys_close(struct journeys *js);

/**
 * journeys_origin - on which host what comes next was seen, 0: nobody tells which
 * No event of one host is of a packet that another has seen, and silence is that of one.
 */
void journeys_origin(struct journeys *js, uint32_t origin);

/** journeys_by_id - which has nft's trace id now?  NULL: none */
const struct journey *journeys_by_id(const struct journeys *js, uint32_t id);

/**
 * journeys_add - one event, in the order of the kernel
 * @now_ns: CLOCK_MONOTONIC; @wall_ns: CLOCK_REALTIME
 */
void journeys_add(struct journeys *js, const struct event *e,
		  const struct place *place, uint64_t now_ns,
		  uint64_t wall_ns);

/**
 * journeys_made_since - the events that come next were made behind this
 * @since_ns: CLOCK_MONOTONIC; 0, as at first: they are made when they are read
 *
 * The reader has read all that was made before.
 */
void journeys_made_since(struct journeys *js, uint64_t since_ns);

/** journeys_give_back - a journey that done() has kept */
void journeys_give_back(struct journeys *js, struct journey *j);

/** journeys_begun - journeys so far: the serial that the next one gets */
uint64_t journeys_begun(const struct journeys *js);

/** journeys_each - for all that done() was not told of */
void journeys_each(struct journeys *js,
		   void (*fn)(void *arg, struct journey *j), void *arg);

/**
 * journeys_find_drop - whose a record of the kernel's may be
 * @read_ns: CLOCK_MONOTONIC when it was read
 * @s: filled here, of @r and @seen
 * Return: false: the record is of no IP packet.
 */
bool journeys_find_drop(const struct journeys *js, const struct drop_record *r,
			const struct drop_seen *seen, uint64_t read_ns,
			struct drop_sight *s, struct drop_match *m);

/** journeys_open_count - how many are under way */
uint32_t journeys_open_count(const struct journeys *js);

/** journeys_observe - an event with what is asked of it; its times are the caller's to fill */
void journeys_observe(struct journeys *js, const struct event *e,
		      const struct place *at, struct observation *o);

/** journeys_number - @j begins now: it gets its serial, and what is known of the rules */
void journeys_number(struct journeys *js, struct journey *j);

/** journeys_settle - it is over, as far as the map tells */
void journeys_settle(struct journeys *js, struct journey *j);

#endif
