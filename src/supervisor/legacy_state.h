/* SPDX-License-Identifier: GPL-2.0-or-later */
/* legacy_state: how far the supervisor is with reading iptables' tables again. */
#ifndef NFTRACE_LEGACY_STATE_H
#define NFTRACE_LEGACY_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/family.h"
#include "rules/base/helper.h"
#include "rules/legacy/table_digest.h"

struct snapshot;

/* A family's tables as they were read. */
struct legacy_reading {
	struct helper_result res;	/* zeroed: .snap is somebody else's */
	const struct snapshot *snap;	/* NULL: the family is not traced */
	int fd;				/* -1: none */
};

/* A number for all tables of a family, as somebody who is at them has made them so far. */
struct legacy_peek {
	struct table_room room;
	bool differs;			/* from what the reader knows, so: */
	uint64_t others[FAMILY_COUNT];	/* a fence stands behind that */
	unsigned int misses;	/* in a row: what was read then was something else */
	uint64_t since_ns;	/* somebody is at them since then; 0: nobody; CLOCK_MONOTONIC */
	uint64_t next_ns;	/* no look before then */
};

/*
 * Reading goes in two steps: first all but the texts, which takes a millisecond;
 * if that shows a change the texts, in a helper that is not waited for.  Both must
 * be of the same rules, else it begins anew.
 */
struct legacy_refresh {
	int watch, reader_watch;	/* inotify: who opens the lock file; -1: none */
	bool wanted;			/* the tables are to be read */
	bool window;			/* legacy_window_open(), and not read behind its end */
	bool held;			/* when last read, somebody was at it */
	bool announced;			/* what was read differs by who gave notice ... */
	bool certain;			/* ... and was alone */
	unsigned int mends;		/* of the run's own rules, so far */
	bool inside;			/* and was when that began */
	bool reading;			/* helpers make the texts, of ... */
	bool foreseen;			/* ... what .peek has seen, not of .now */
	uint32_t ask;			/* the reader's question that this reading answers */
	uint32_t answered;
	unsigned int opens;		/* of the file, since they were read, by so many at
					 * least who could get the lock ... */
	unsigned int before;		/* ... of these before this reading, */
	unsigned int by;		/* and before it was done: who may have done it */
	unsigned int tries;
	uint64_t inside_ns;		/* who opened the file last has not closed it; 0: has */
	uint64_t since_ns;		/* wanted since then; this and below: CLOCK_MONOTONIC */
	uint64_t look_ns;		/* when to look next, whoever comes or not */
	uint64_t read_ns;		/* when they were read last */
	uint64_t soon_ns;		/* not before then because somebody came */
	struct legacy_reading known[FAMILY_COUNT];	/* as the reader knows them */
	struct legacy_reading now[FAMILY_COUNT];	/* without texts, which follow */
	struct legacy_reading last[FAMILY_COUNT];	/* behind the run's own rules */
	struct helper text[FAMILY_COUNT];	/* of the families whose rules are others: */
	unsigned int changed;			/* a bit each */
	struct legacy_peek peek;
	char who[96];			/* who held the lock last; "": not known */
	uint64_t said_ns;		/* when a change was said last; 0: none */
	unsigned int unsaid;		/* changes, since then */
};

#endif
