/* SPDX-License-Identifier: GPL-2.0-or-later */
/* legacy_peek: what somebody who is at iptables' tables has made of them so far. */
#ifndef NFTRACE_LEGACY_PEEK_H
#define NFTRACE_LEGACY_PEEK_H

#include <stdbool.h>
#include <stdint.h>

struct legacy_reading;
struct run;

enum legacy_sight {
	SIGHT_NONE,	/* they cannot be looked at: there are very many rules */
	SIGHT_LATER,	/* it was looked a moment ago */
	SIGHT_KNOWN,	/* they are as the reader knows them */
	SIGHT_OTHERS,	/* others, and were as now in the last look ... */
	SIGHT_NEW,	/* ... or were not */
	SIGHT_BACK,	/* as known again: more than one thing was done */
};

/**
 * legacy_peek_look - at the tables, in a tenth of the time of a reading
 * @inside: somebody is at them; when he has been for long it is not looked
 * @now_ns: CLOCK_MONOTONIC
 */
enum legacy_sight legacy_peek_look(struct run *r, bool inside, uint64_t now_ns);

/** legacy_peek_goes_on - somebody is at them, and it is looked at what he does */
bool legacy_peek_goes_on(const struct run *r);

/** legacy_peek_changed - which families' tables were others in the last look: a bit each */
unsigned int legacy_peek_changed(const struct run *r);

/**
 * legacy_peek_saw - were they in the last look as they were read now?
 * @now: FAMILY_COUNT; of a family that was not read it is not asked
 */
bool legacy_peek_saw(const struct run *r, const struct legacy_reading *now);

/** legacy_peek_held - were texts of what it saw?  When they never are it looks no more */
void legacy_peek_held(struct run *r, bool held);

/** legacy_peek_done - the reader knows them as they are */
void legacy_peek_done(struct run *r);

#endif
