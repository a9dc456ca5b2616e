// SPDX-License-Identifier: GPL-2.0-or-later
/* coalesce: how long the reader rests so that more events come together. */
#include "reader/coalesce.h"

#include "rules/base/units.h"

/*
 * Whoever watches notices no 5 ms, and each waking up costs as much as ten
 * events.
 */
enum {
	REST_MAX_MS = 5,
	BUSY_A_MS = 32,		/* events: from there on it is worth a rest */
	FLOOD_MS = 20,		/* a packet's events take less */
	EVENT_BYTES = 1024,	/* in the kernel, and what it keeps of a packet */
};

void coalesce_open(struct coalesce *p, size_t buffer, uint32_t snaplen)
{
	uint64_t room = buffer / ((uint64_t)EVENT_BYTES + snaplen);

	*p = (struct coalesce){
		.room = room < UINT32_MAX ? (uint32_t)room : UINT32_MAX,
	};
}

/* No rest in which four times as many as now would not fit the buffer. */
static int rest_ms(const struct coalesce *p, uint64_t span_ns)
{
	uint64_t a_ms = p->events * NS_PER_MS / span_ns, fits;

	if (a_ms < BUSY_A_MS)
		return 0;
	fits = p->room / 4 / a_ms;
	return fits < REST_MAX_MS ? (int)fits : REST_MAX_MS;
}

int coalesce_rest_ms(struct coalesce *p, unsigned int n, uint64_t now_ns)
{
	uint64_t span_ns = now_ns - p->since_ns;

	p->events += n;
	if (span_ns < NS_PER_MS)
		return p->rest_ms;
	p->rest_ms = rest_ms(p, span_ns);
	p->events = 0;
	p->since_ns = now_ns;
	return p->rest_ms;
}

bool flood_is_on(struct flood *f, unsigned int n, bool caught_up, uint64_t now_ns)
{
	const uint64_t much = (uint64_t)BUSY_A_MS * FLOOD_MS, span_ns = FLOOD_MS * NS_PER_MS;

	f->events += n;
	if (now_ns - f->since_ns >= span_ns) {
		f->before = f->events * span_ns >= much * (now_ns - f->since_ns);
		f->since_ns = now_ns;
		f->events = 0;
	}
	if (caught_up)
		f->behind_ns = 0;
	else if (!f->behind_ns)
		f->behind_ns = now_ns;
	return f->before || f->events >= much ||
	       (!caught_up && now_ns - f->behind_ns >= span_ns);
}
