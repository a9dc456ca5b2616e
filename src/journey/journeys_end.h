/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journeys_end: journeys that end, by themselves, by silence or with the run. */
#ifndef NFTRACE_JOURNEYS_END_H
#define NFTRACE_JOURNEYS_END_H

#include <stdint.h>

struct journey;
struct journeys;

/** journeys_gap - @lost events are missing here (0: unknown how many) */
void journeys_gap(struct journeys *js, uint32_t lost);

/** journeys_hole - an event of a journey under way is missing, nobody knows of which */
void journeys_hole(struct journeys *js);

/**
 * journeys_expire - close what has been silent
 * @now_ns: CLOCK_MONOTONIC, taken after the socket was found empty
 * Return: ms until the next may be due, -1: none is open.
 */
int journeys_expire(struct journeys *js, uint64_t now_ns);

/**
 * journeys_due_ms - how long journeys_expire() has nothing to do at least
 * Return: ms, -1: none is open.
 */
int journeys_due_ms(const struct journeys *js, uint64_t now_ns);

/** journeys_map_changed - the map is another: journeys that waited for what is there no more are over */
void journeys_map_changed(struct journeys *js);

/** journeys_finish - close all, as at the end of the run */
void journeys_finish(struct journeys *js);

/** journeys_end_one - nothing more of it comes: done() is called, now or behind its twins' end */
void journeys_end_one(struct journeys *js, struct journey *j);

/** journeys_find_fates - of a journey that is over as far as is known, its rules in doubt decided */
void journeys_find_fates(struct journeys *js, struct journey *j);

/** journeys_release - it is over and in no list: who waits for it is told */
void journeys_release(struct journeys *js, struct journey *j);

#endif
