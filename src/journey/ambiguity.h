/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ambiguity: packets of which each could have made an event, and whether that matters. */
#ifndef NFTRACE_AMBIGUITY_H
#define NFTRACE_AMBIGUITY_H

#include <stdbool.h>

struct journey;

/** ambiguity_link - the next event is given to @j, and may as well be @other's */
void ambiguity_link(struct journey *j, struct journey *other);

/** ambiguity_linked - are the two tied with one another? */
bool ambiguity_linked(const struct journey *j, const struct journey *other);

/**
 * ambiguity_cross - each has events of the other, nobody knows which
 *
 * Equals are tied from the step at which they were, or else from the first one.
 */
void ambiguity_cross(struct journey *j, struct journey *other);

/**
 * ambiguity_resolve - both are over: is either journey another when they change places?
 *
 * If so they are marked JOURNEY_AMBIGUOUS.  Two of the same bytes that met the
 * same rules are not: a chain is passed from the top to the bottom, so that
 * each of them has met each rule, whichever event was whose.
 */
void ambiguity_resolve(struct journey *j, struct journey *other);

/** ambiguity_abandon - nobody waits any more for those that @j is tied with: all are marked */
void ambiguity_abandon(struct journey *j);

#endif
