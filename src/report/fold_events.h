/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fold_events: the lines of a folded block that tell of its events. */
#ifndef NFTRACE_FOLD_EVENTS_H
#define NFTRACE_FOLD_EVENTS_H

struct fold_out;
struct fold_steps;

/** fold_events - of branch @b, those that were chosen; how they were reached is named, too */
void fold_events(struct fold_out *f, struct fold_steps *steps, unsigned int b);

#endif
