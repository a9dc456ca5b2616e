/* SPDX-License-Identifier: GPL-2.0-or-later */
/* legacy_history: iptables' tables as they were read, and which reading an event's rule is of. */
#ifndef NFTRACE_LEGACY_HISTORY_H
#define NFTRACE_LEGACY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/legacy/snapshot.h"

/* Which rules of a table: those before its last change, or those behind it. */
enum legacy_age { LEGACY_THEN, LEGACY_NOW, LEGACY_AGES };

/*
 * A table as it was read, by age.  It straddles a change from the reading that
 * showed it until all events from before that reading have been read: till then
 * an event of it can be of either age.
 */
struct legacy_table {
	char name[32];
	struct {
		const struct snapshot *snap;	/* THEN: NULL: straddles nothing */
		unsigned int index;		/* in .snap->table */
	} at[LEGACY_AGES];
	uint32_t fence;	/* straddling: number of the one behind which all is of NOW */
	bool certain;	/* the same: no third rules were in force in between */
};

enum { LEGACY_READINGS = 2 * SNAP_TABLES + 2 };

/* The tables of one family.  Each table has the reading that showed its last change. */
struct legacy_history {
	const struct snapshot *first;	/* of the start; NULL: no tables */
	const struct snapshot *latest;
	struct legacy_table table[SNAP_TABLES];
	unsigned int tables;
	const struct snapshot *reading[LEGACY_READINGS];	/* mapped, but for .first */
	unsigned int readings;
};

/**
 * legacy_history_begin - a history of one reading
 * @h: zeroed: most of it is never touched
 * @first: borrowed for ever; NULL: a family without tables
 */
void legacy_history_begin(struct legacy_history *h,
			  const struct snapshot *first);

/** legacy_history_end - unmap all readings but the first */
void legacy_history_end(struct legacy_history *h);

/** legacy_history_find - NULL: the family has no such table; @name: @len bytes */
struct legacy_table *legacy_history_find(struct legacy_history *h,
					 const char *name, size_t len);

/**
 * legacy_history_push - the tables, read again
 * @snap: mapped; @h unmaps it when no table needs it
 * @numbered: the run's own rules are part of the numbers: a chain that has others
 *	of them at its top has changed
 * @certain: no others were in force between this reading and the one before
 * @fence: number of the one that was put when they were so (capture_fence())
 * Return: which of .table changed, a bit each.
 */
unsigned int legacy_history_push(struct legacy_history *h,
				 const struct snapshot *snap, bool numbered,
				 bool certain, uint32_t fence);

/**
 * legacy_history_settle - fence @read was read: no event is of rules from before it any more
 * Return: as above.
 */
unsigned int legacy_history_settle(struct legacy_history *h, uint32_t read);

/**
 * legacy_history_same - are the rules of two tables the same, and numbered the same?
 * @a, @b: snapshots, and the index of the table in each
 */
bool legacy_history_same(const struct snapshot *a, unsigned int table_a,
			 const struct snapshot *b, unsigned int table_b,
			 bool numbered);

#endif
