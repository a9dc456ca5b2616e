// SPDX-License-Identifier: GPL-2.0-or-later
/* grounds: on what the fate of a packet rests, found when its journey is over. */
#include "grounds/grounds.h"

#include <string.h>

#include "journey/journey.h"

static void add_nat(struct grounds *g, const struct journey *j,
		    const struct change *c)
{
	if (g->nats == GROUNDS_NAT)
		return;
	g->nat[g->nats].change = c;
	g->nat[g->nats++].by = c->maker == MAKER_RULE ? j->step[c->step].place
						      : NULL;
}

/* The ends that were translated, in order. */
static void find_nat(struct grounds *g, const struct journey *j, unsigned int b)
{
	for (unsigned int i = 0; i < j->changes; i++) {
		const struct change *c = &j->change[i];

		if ((c->field == FIELD_SRC || c->field == FIELD_DST) &&
		    c->branch == b && c->step < journey_kept(j))
			add_nat(g, j, c);
	}
}

void grounds_find(struct grounds *g, const struct journey *j, unsigned int b)
{
	memset(g, 0, sizeof(*g));
	find_nat(g, j, b);
}
