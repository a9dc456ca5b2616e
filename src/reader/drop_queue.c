// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_queue: drop records taken out of the kernel's ring, which is small, before it is their turn. */
#include "reader/drop_queue.h"

#include <stdlib.h>
#include <string.h>

#include "drop/ring.h"

enum { BEGINNING = 256 };	/* records */

static struct drop_queued *at(const struct drop_queue *q, uint32_t n)
{
	return &q->item[(q->first + n) & (q->size - 1)];
}

/* Return: false: it is as large as it gets. */
static bool grow(struct drop_queue *q)
{
	uint32_t size = q->size ? 2 * q->size : BEGINNING;
	struct drop_queued *more;

	more = q->size < DROP_QUEUE_MAX ? malloc(size * sizeof(*more)) : NULL;
	if (!more)
		return false;
	for (uint32_t i = 0; i < q->count; i++)
		more[i] = *at(q, i);
	free(q->item);
	q->item = more;
	q->size = size;
	q->first = 0;
	return true;
}

struct fetch {
	struct drop_queue *q;
	const struct drop_ring *ring;
};

static void keep_record(void *arg, const struct drop_record *r)
{
	struct fetch *f = arg;
	struct drop_queued *item = at(f->q, f->q->count++);

	item->position = f->ring->position;
	item->record = *r;
}

/* No more than there is room for; whatever else is in the ring is no smaller. */
static unsigned long limit(const struct drop_queue *q,
			   const struct drop_ring *ring, unsigned long end)
{
	unsigned long left = (q->size - q->count) * (unsigned long)DROP_QUEUE_ROOM;

	return end - ring->position > left ? ring->position + left : end;
}

void drop_queue_fetch(struct drop_queue *q, struct drop_ring *ring)
{
	struct fetch f = { .q = q, .ring = ring };
	unsigned long end = drop_ring_mark(ring);

	while ((long)(end - ring->position) > 0) {
		unsigned long before = ring->position;

		if (q->count == q->size && !grow(q))
			return;
		drop_ring_read(ring, limit(q, ring, end), keep_record, &f);
		if (ring->position == before)
			return;
	}
}

const struct drop_record *drop_queue_first(const struct drop_queue *q,
					   unsigned long mark)
{
	if (!q->count || (long)(mark - at(q, 0)->position) <= 0)
		return NULL;
	return &at(q, 0)->record;
}

uint64_t drop_queue_last_when(const struct drop_queue *q, unsigned long position)
{
	uint64_t when_ns = 0;

	for (uint32_t i = 0; i < q->count &&
			     (long)(position - at(q, i)->position) > 0; i++)
		when_ns = at(q, i)->record.when_ns;
	return when_ns;
}

void drop_queue_pop(struct drop_queue *q)
{
	q->first = (q->first + 1) & (q->size - 1);
	q->count--;
}

void drop_queue_free(struct drop_queue *q)
{
	free(q->item);
	memset(q, 0, sizeof(*q));
}
