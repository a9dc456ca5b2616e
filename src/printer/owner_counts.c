// SPDX-License-Identifier: GPL-2.0-or-later
/* owner_counts: whose rules dropped how many packets, for the summary. */
#include "printer/owner_counts.h"

#include <stdlib.h>
#include <string.h>

#include "grounds/component.h"

void owner_counts_add(struct owner_counts *c, const struct component_found *f)
{
	char text[sizeof(c->owner[0].text)];
	uint32_t i = 0;

	if (!f) {
		c->unowned++;
		return;
	}
	component_text(text, sizeof(text), f);
	while (i < c->owners && strcmp(c->owner[i].text, text) != 0)
		i++;
	if (i == OWNER_COUNTS) {
		c->others++;
		return;
	}
	if (i == c->owners)
		strcpy(c->owner[c->owners++].text, text);
	c->owner[i].packets++;
}

/* Of equals in an order that is the live run's in a file that is read, too. */
static int more_owner_drops(const void *a, const void *b)
{
	const struct stats_owner *x = a, *y = b;

	if (x->packets != y->packets)
		return x->packets < y->packets ? 1 : -1;
	return strcmp(x->text, y->text);
}

void owner_counts_tell(struct owner_counts *c, struct stats *st)
{
	qsort(c->owner, c->owners, sizeof(c->owner[0]), more_owner_drops);
	st->owners = c->owners < STATS_OWNERS ? c->owners : STATS_OWNERS;
	memcpy(st->owner, c->owner, st->owners * sizeof(st->owner[0]));
	st->owners_others = c->others;
	for (uint32_t i = st->owners; i < c->owners; i++)
		st->owners_others += c->owner[i].packets;
	st->unowned = c->unowned;
}
