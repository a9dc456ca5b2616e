/* SPDX-License-Identifier: GPL-2.0-or-later */
/* merge: the packets of several runs, in order of time, each with its namespace. */
#ifndef NFTRACE_MERGE_H
#define NFTRACE_MERGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "several/join.h"

/* So long a packet waits for those of runs that have told of none behind it yet. */
enum { MERGE_MS = 2000 };

/* Of what waits no more is kept: a reader that was taken over can write without end. */
enum { MERGE_KEPT = 64 << 20 };

enum merge_form { MERGE_BLOCK, MERGE_LINE, MERGE_JSON };

struct merge_space {
	char label[256];	/* fit for output */
	uint64_t inode;
};

/* How far a run's packets have come. */
struct merge_progress {
	uint64_t last_ns;	/* CLOCK_REALTIME of the latest that it told of */
	bool over;
};

struct block;

struct merge {
	struct join join;
	const struct merge_space *space;	/* borrowed */
	enum merge_form form;
	FILE *out;
	uint32_t spaces;
	struct merge_progress progress[CABLES_SPACES];
	bool patient;		/* all are ending: what comes last is waited for */
	struct block *first;	/* in order of time */
	size_t kept;		/* bytes of them */
	uint64_t printed, most;	/* packets; most: 0: no limit */
};

/** merge_open - @space, @c: borrowed; 0 or -errno.  merge_close() in any case */
int merge_open(struct merge *m, const struct merge_space *space,
	       uint32_t spaces, const struct cables *c, enum merge_form form);
void merge_close(struct merge *m);

/**
 * merge_add - a packet's text, or (@f is NULL) what stands beside them
 * Return: 0 or -ENOMEM.
 */
int merge_add(struct merge *m, uint32_t space, const struct frame *f,
	      const char *text, size_t len, uint64_t now_ms);

/** merge_over - of this one nothing more comes */
void merge_over(struct merge *m, uint32_t space);

/**
 * merge_print - those before which nothing comes any more, or that have waited for long enough
 * @now_ms: of any clock, the same for merge_add()
 * Return: ms until there is one; -1: none waits.
 */
int merge_print(struct merge *m, uint64_t now_ms);

#endif
