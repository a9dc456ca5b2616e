/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table_monitor: notices when somebody changes the tables under the trace. */
#ifndef NFTRACE_TABLE_MONITOR_H
#define NFTRACE_TABLE_MONITOR_H

struct run;
struct snapshot;

/**
 * table_monitor_look - read all tables again and hold them against the snapshot
 * @also: called for each family with its rules as they are now; may be NULL
 *
 * A table that differs is said once, noted in @r->outcome, and posted: the
 * reader marks its events from then on.
 * Return: 0, or -errno when a table could not be read.
 */
int table_monitor_look(struct run *r,
		       void (*also)(struct run *r, unsigned int family,
				    const struct snapshot *now));

/** table_monitor_tick - table_monitor_look() if due; ms until the next one is */
int table_monitor_tick(struct run *r);

#endif
