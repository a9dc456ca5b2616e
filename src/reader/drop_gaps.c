// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_gaps: when drop records were lost: of packets that came then, that there is none says nothing. */
#include "reader/drop_gaps.h"

#include <string.h>

#include "reader/order.h"
#include "rules/base/units.h"

/* A packet is dropped so long behind its last event, as is waited for its record. */
static uint64_t before(uint64_t ns)
{
	const uint64_t settle_ns = ORDER_SETTLE_MS * NS_PER_MS;

	return ns > settle_ns ? ns - settle_ns : 0;
}

static void join_first(struct drop_gaps *g)
{
	g->gap[0].to_ns = g->gap[1].to_ns;
	g->count--;
	memmove(&g->gap[1], &g->gap[2], (g->count - 1) * sizeof(g->gap[0]));
}

/* Return: it is part of the last gap. */
static bool extend_last(struct drop_gaps *g, uint64_t from_ns, uint64_t to_ns)
{
	unsigned int last = g->count - 1;

	if (!g->count || from_ns > g->gap[last].to_ns)
		return false;
	if (from_ns < g->gap[last].from_ns)
		g->gap[last].from_ns = from_ns;
	if (to_ns > g->gap[last].to_ns)
		g->gap[last].to_ns = to_ns;
	return true;
}

void drop_gaps_add(struct drop_gaps *g, uint64_t when_ns, uint64_t read_ns)
{
	if (extend_last(g, before(when_ns), read_ns))
		return;
	if (g->count == DROP_GAPS)
		join_first(g);
	g->gap[g->count].from_ns = before(when_ns);
	g->gap[g->count++].to_ns = read_ns;
}

void drop_gaps_look(struct drop_gaps *g, uint64_t lost, uint64_t at_ns,
		    uint64_t now_ns)
{
	if (lost != g->lost)
		drop_gaps_add(g, g->looked_ns, now_ns);
	g->lost = lost;
	g->looked_ns = at_ns;
}

void drop_gaps_none(struct drop_gaps *g, uint64_t last_ns)
{
	if (last_ns > g->none_ns)
		g->none_ns = last_ns;
}

bool drop_gaps_cover(const struct drop_gaps *g, uint64_t last_ns, uint64_t lost)
{
	if (last_ns <= g->none_ns)
		return false;
	if (lost != g->lost && last_ns >= before(g->looked_ns))
		return true;
	for (unsigned int i = g->count; i-- > 0;)
		if (last_ns >= g->gap[i].from_ns && last_ns <= g->gap[i].to_ns)
			return true;
	return false;
}
