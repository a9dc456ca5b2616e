/* SPDX-License-Identifier: GPL-2.0-or-later */
/* others: packets that somebody else traces, and this run does not. */
#ifndef NFTRACE_OTHERS_H
#define NFTRACE_OTHERS_H

#include <stdbool.h>

struct event;
struct journey;
struct place;
struct reader_state;

/**
 * others_leave_out - is the packet of another trace?  Then it is counted
 *
 * Of a run with rules of its own only what these traced is shown, whoever else
 * traced it as well.  What lost its first events may be the run's, and is shown.
 */
bool others_leave_out(struct reader_state *s, const struct journey *j);

/** others_made - the same of one event, before it is given to its journey; not counted */
bool others_made(const struct reader_state *s, const struct event *e,
		 const struct place *at);

/**
 * others_may_be_unseen - may a TRACE rule of the run have begun a packet?
 * @entry: of the packet's first event; TRACE itself, in raw, makes none
 */
bool others_may_be_unseen(const struct reader_state *s,
			  const struct place *entry);

#endif
