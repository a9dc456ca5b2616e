// SPDX-License-Identifier: GPL-2.0-or-later
/* reason_counts: how many packets the kernel lost for which reason, for the summary. */
#include "printer/reason_counts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journey/drop_meaning.h"
#include "journey/fate.h"

/* By no rule's verdict; NULL: such fates are not counted here. */
static const char *const words[FATE_COUNT] = {
	[FATE_LOST] = "lost", [FATE_DROP] = "dropped", [FATE_QUEUE] = "queued",
};

/* The last one is of all that are different from those before it. */
static struct stats_reason *find_reason(struct reason_counts *c, const char *text)
{
	uint32_t i = 0;

	while (i < c->count && strcmp(c->reason[i].text, text) != 0)
		i++;
	if (i < c->count)
		return &c->reason[i];
	if (c->count == STATS_REASONS)
		i = STATS_REASONS - 1;
	else
		c->count++;
	snprintf(c->reason[i].text, sizeof(c->reason[i].text), "%s",
		 i < STATS_REASONS - 1 ? text : "lost for other reasons");
	return &c->reason[i];
}

void reason_counts_add(struct reason_counts *c, const struct fate *f,
		       const struct packet *p)
{
	char text[sizeof(c->reason[0].text)];

	int n;

	if (!f->drop || !words[f->kind])
		return;
	n = snprintf(text, sizeof(text), "%s; ", words[f->kind]);
	drop_meaning_print(text + n, sizeof(text) - (size_t)n, f, p);
	find_reason(c, text)->packets++;
}

static int more(const void *a, const void *b)
{
	const struct stats_reason *x = a, *y = b;

	if (x->packets != y->packets)
		return x->packets < y->packets ? 1 : -1;
	return strcmp(x->text, y->text);
}

void reason_counts_tell(struct reason_counts *c, struct stats *st)
{
	qsort(c->reason, c->count, sizeof(c->reason[0]), more);
	memcpy(st->reason, c->reason, sizeof(st->reason));
	st->reasons = c->count;
}
