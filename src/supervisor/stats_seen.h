/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stats_seen: what the supervisor takes of what the reader told: a copy, within bounds. */
#ifndef NFTRACE_STATS_SEEN_H
#define NFTRACE_STATS_SEEN_H

struct stats;

/**
 * stats_take - the supervisor's own copy, once the reader has ended
 *
 * Whatever a reader that was taken over has written: errors are 0 or -errno that
 * strerror(3) knows, .drops, .reasons, .family, .output_sink and .input_end lie
 * within what they count or name; texts end, and hold nothing that drives a
 * terminal (escape_text()).  The counts stay as they are: they are printed.  Of .drop
 * only the first .drops are taken.
 */
void stats_take(struct stats *copy, const struct stats *shared);

#endif
