/* SPDX-License-Identifier: GPL-2.0-or-later */
/* twins: packets of which each could have made an event, and whether that matters. */
#ifndef NFTRACE_TWINS_H
#define NFTRACE_TWINS_H

#include <stdbool.h>

struct journey;

/** twins_tie - the next event is given to @j, and may as well be @other's */
void twins_tie(struct journey *j, struct journey *other);

/** twins_are_tied - with one another */
bool twins_are_tied(const struct journey *j, const struct journey *other);

/** twins_cross - each has events of the other: tied, if not since when, then from the start */
void twins_cross(struct journey *j, struct journey *other);

/**
 * twins_settle - both are over: is either story another when they change places?
 *
 * If so they are marked JOURNEY_AMBIGUOUS.  Two of the same bytes that met the
 * same rules are not: a chain is passed from the top to the bottom, so that
 * each of them has met each rule, whichever event was whose.
 */
void twins_settle(struct journey *j, struct journey *other);

/** twins_give_up - nobody waits for the others any more: all are marked */
void twins_give_up(struct journey *j);

#endif
