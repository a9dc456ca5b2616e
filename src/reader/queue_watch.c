// SPDX-License-Identifier: GPL-2.0-or-later
/* queue_watch: may a queue of user space still hold a packet?  The supervisor can look. */
#include "reader/queue_watch.h"

#include "place/place_says.h"
#include "rules/base/units.h"

enum {
	QUEUE_ASK_MS = 500,		/* between two questions */
	SETTLE_MS = 100,	/* what a queue has let go is at its next rule by then */
	HELD_MAX_MS = 60000,	/* in a queue that never empties it may long be gone */
};

void queue_watch_answer(struct queue_watch *w, const struct bulletin *b,
			uint64_t now_ns)
{
	if (!w->asking || !bulletin_queues(b, w->asks, &w->queues))
		return;
	w->asking = false;
	w->of_ns = w->asked_ns;
	w->seen_ns = now_ns;
}

static bool holds_any(const struct bulletin_queues *q, const struct place *at)
{
	unsigned int last, first = place_queue(at, &last);

	for (unsigned int i = 0; i < q->count; i++)
		if (q->number[i] >= first && q->number[i] <= last)
			return true;
	return q->more;
}

bool queue_watch_holds(struct queue_watch *w, const struct place *at,
		       uint64_t since_ns, uint64_t now_ns, bool *ask)
{
	*ask = false;
	if (now_ns - since_ns >= HELD_MAX_MS * NS_PER_MS)
		return false;
	if (w->of_ns > since_ns && !holds_any(&w->queues, at))
		return now_ns < w->seen_ns + SETTLE_MS * NS_PER_MS;
	if (w->asking || now_ns - w->asked_ns < QUEUE_ASK_MS * NS_PER_MS)
		return true;
	w->asks++;
	w->asking = true;
	w->asked_ns = now_ns;
	*ask = true;
	return true;
}
