/* SPDX-License-Identifier: GPL-2.0-or-later */
/* straddle: which rules a packet met while a table was changing, told by all its events. */
#ifndef NFTRACE_STRADDLE_H
#define NFTRACE_STRADDLE_H

struct journey;

/**
 * straddle_resolve - a journey is over: decide what can be decided
 *
 * The kernel takes a table's rules once for a packet at a hook (ipt_do_table), so
 * that all events of one such pass are of the same rules: one event that only the
 * rules from before the change can have made, or only those behind it, tells of
 * them all.  So do the jumps between them.  What stays in doubt marks the journey JOURNEY_STRADDLES.
 */
void straddle_resolve(struct journey *j);

#endif
