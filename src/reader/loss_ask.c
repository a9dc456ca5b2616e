// SPDX-License-Identifier: GPL-2.0-or-later
/* loss_ask: the reader asks why a packet went missing. */
#include "reader/loss_ask.h"

#include <string.h>

#include "journey/journey.h"
#include "place/place.h"
#include "protocol/losses.h"

enum { SMALL = 1280 };		/* no link refuses a packet of this length */

/* The count has one writer, the reader: no locked instruction is needed. */
static void count_more(_Atomic uint64_t *count, int more)
{
	uint64_t n = atomic_load_explicit(count, memory_order_relaxed);

	atomic_store_explicit(count, n + (uint64_t)more, memory_order_relaxed);
}

/* Alike are packets whose difference cannot matter to the answer. */
static void fill_question(struct cause_question *q, const struct journey *j,
		 unsigned int b)
{
	const struct path *p = &j->path[b];

	memset(q, 0, sizeof(*q));
	q->look = p->look.view;
	q->look.src.port = q->look.dst.port = -1;
	q->look.mss = 0;
	q->look.ttl = q->look.ttl > 1 ? 64 : q->look.ttl;
	q->look.length = q->look.length > SMALL ? q->look.length : SMALL;
	q->nfproto = j->nfproto;
	q->order = p->order;
	q->whole = (j->last.flags & PACKET_DONT_FRAGMENT) != 0;
	q->queued = j->fate[b].kind == FATE_QUEUE;
	if (!q->queued)
		return;
	/* Of a queued packet only the queue matters. */
	memset(&q->look, 0, sizeof(q->look));
	q->nfproto = q->order = 0;
	q->whole = false;
	q->queue = place_queue(j->fate[b].by, NULL);
}

int losses_note(struct losses *ls, const struct journey *j, unsigned int b,
		bool *fresh)
{
	struct cause_question q;

	*fresh = false;
	fill_question(&q, j, b);
	for (int i = 0; i < LOSSES; i++) {
		struct loss *l = &ls->loss[i];

		if (!losses_asked(l)) {
			l->q = q;
			*fresh = true;
		}
		if (memcmp(&l->q, &q, sizeof(q)) == 0) {
			count_more(&l->packets, 1);
			if (*fresh)
				atomic_store_explicit(&l->asked, true,
						      memory_order_release);
			return i;
		}
	}
	count_more(&ls->others, 1);
	return -1;
}

void losses_take_back(struct losses *ls, int i)
{
	count_more(&ls->loss[i].packets, -1);
}
