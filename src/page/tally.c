// SPDX-License-Identifier: GPL-2.0-or-later
/* tally: what a page says at its end: packets by fate, and the rules that they met. */
#include "page/tally.h"

#include <stdlib.h>

#include "journey/journey.h"
#include "report/report.h"
#include "report/rule_table.h"

bool tally_open(struct tally *t)
{
	*t = (struct tally){ 0 };
	t->rules = rule_table_open(TALLY_RULES);
	t->rule = calloc(TALLY_RULES, sizeof(*t->rule));
	return t->rules && t->rule;
}

void tally_close(struct tally *t)
{
	rule_table_close(t->rules);
	free(t->rule);
}

static bool is_decided(const struct journey *j, const struct place *at)
{
	for (unsigned int b = 0; b < j->branches; b++)
		if (j->fate[b].by == at && (j->fate[b].kind == FATE_DROP ||
					    j->fate[b].kind == FATE_REJECT))
			return true;
	return false;
}

/* A packet that goes through a chain twice has met its rules once. */
static void meet(struct tally *t, const struct journey *j,
		 const struct place *at)
{
	uint32_t i = rule_table_find(t->rules, at);

	if (i == RULE_TABLE_NONE) {
		t->left_out++;
		return;
	}
	if (t->rule[i].last == t->packets)
		return;
	t->rule[i].last = t->packets;
	t->rule[i].met++;
	t->rule[i].decided += is_decided(j, at);
}

void tally_add(struct tally *t, const struct journey *j)
{
	t->packets++;
	t->fate[j->fate[0].kind]++;
	for (uint32_t i = 0; i < journey_kept(j); i++)
		meet(t, j, j->step[i].place);
	t->left_out += j->omitted;
}

void tally_late(struct tally *t, const struct report_late *l)
{
	if (l->branch || !t->fate[l->was])
		return;
	t->fate[l->was]--;
	t->fate[l->fate.kind]++;
}

void tally_forget(struct tally *t, uint32_t id)
{
	rule_table_forget(t->rules, id);
}

static int more(const void *a, const void *b, void *arg)
{
	const struct tally_rule *rule = arg;
	const uint32_t i = *(const uint32_t *)a, k = *(const uint32_t *)b;
	const struct tally_rule *x = &rule[i], *y = &rule[k];

	if (x->decided != y->decided)
		return x->decided < y->decided ? 1 : -1;
	if (x->met != y->met)
		return x->met < y->met ? 1 : -1;
	return i < k ? -1 : i > k;
}

uint32_t *tally_sorted(const struct tally *t, uint32_t *count)
{
	uint32_t *sorted;

	*count = rule_table_count(t->rules);
	sorted = *count ? malloc(*count * sizeof(*sorted)) : NULL;
	if (!sorted) {
		*count = 0;
		return NULL;
	}
	for (uint32_t i = 0; i < *count; i++)
		sorted[i] = i;
	qsort_r(sorted, *count, sizeof(*sorted), more, t->rule);
	return sorted;
}
