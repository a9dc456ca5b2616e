/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drop_queue: drop records taken out of the kernel's ring, which is small, before it is their turn. */
#ifndef NFTRACE_DROP_QUEUE_H
#define NFTRACE_DROP_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/bpf.h>

#include "drop/record.h"

struct drop_ring;

enum {
	DROP_QUEUE_MAX = 1 << 16,	/* records, 13 MB; it grows as it is needed */
	/* A record's in the ring. */
	DROP_QUEUE_ROOM = (sizeof(struct drop_record) + BPF_RINGBUF_HDR_SZ + 7) & ~7UL,
};

struct drop_queued {
	unsigned long position;		/* where in the ring it began */
	struct drop_record record;
};

/* Begins with zeroes; .item is freed by drop_queue_free(). */
struct drop_queue {
	struct drop_queued *item;	/* a ring of .size, a power of two */
	uint32_t size, first, count;
};

/**
 * drop_queue_fetch - take what is in the ring
 * What the queue has no room for, or a CPU is writing just now, stays there.
 */
void drop_queue_fetch(struct drop_queue *q, struct drop_ring *ring);

/**
 * drop_queue_first - the oldest one, if it was in the ring before @mark
 * Return: NULL: there is none.  It is valid until drop_queue_pop() or _fetch().
 */
const struct drop_record *drop_queue_first(const struct drop_queue *q,
					   unsigned long mark);

/**
 * drop_queue_last_when - when the last one was made that began in the ring before @position
 * Return: CLOCK_MONOTONIC, 0: there is none.
 */
uint64_t drop_queue_last_when(const struct drop_queue *q, unsigned long position);

/** drop_queue_pop - it is done with */
void drop_queue_pop(struct drop_queue *q);

/** drop_queue_free - with all that is in it: empty then, and usable */
void drop_queue_free(struct drop_queue *q);

#endif
