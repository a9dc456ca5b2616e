// SPDX-License-Identifier: GPL-2.0-or-later
/* lost_events: behind which packets events were lost: who asked for the first ones lacks none of them. */
#include "reader/lost_events.h"

#include "capture/capture.h"

enum {
	/* At the brim a small message may find room behind a large one that had none. */
	BRIM_BYTES = 64 << 10,
};

void lost_events_begin(struct lost_events *l, const struct capture *c)
{
	uint32_t waits = capture_waiting(c);

	if (waits != UINT32_MAX && waits > BRIM_BYTES)
		l->waited = waits - BRIM_BYTES;
}

void lost_events_read(struct lost_events *l, const struct capture *c, uint64_t serial)
{
	if (l->waited < capture_taken_most(c))
		l->waited = 0;
	else if (!l->count)
		l->looked = serial;
}

void lost_events_seen(struct lost_events *l, uint64_t serial, uint64_t events)
{
	unsigned int n = l->count;

	if (!events)
		return;
	/* Of those for which there is no room it is said that they came earlier. */
	if (n < LOST_EVENTS && (!n || l->loss[n - 1].serial < serial)) {
		l->loss[n].serial = serial;
		l->loss[n].events = events;
		l->count++;
		return;
	}
	if (l->loss[n - 1].serial > serial)
		l->loss[n - 1].serial = serial;
	l->loss[n - 1].events += events;
}

void lost_events_look(struct lost_events *l, uint64_t serial, uint64_t events)
{
	lost_events_seen(l, l->looked, events);
	l->looked = serial;
}

uint64_t lost_events_before(const struct lost_events *l, uint64_t serial)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < l->count; i++)
		if (l->loss[i].serial <= serial)
			n += l->loss[i].events;
	return n;
}
