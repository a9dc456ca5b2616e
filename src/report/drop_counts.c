// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_counts: how many packets each rule dropped, for the summary. */
#include "report/drop_counts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "place/place.h"
#include "protocol/stats.h"
#include "report/rule_table.h"
#include "rules/base/family.h"

bool drop_counts_open(struct drop_counts *d)
{
	d->rules = rule_table_open(DROP_COUNTS_RULES);
	d->packets = calloc(DROP_COUNTS_RULES, sizeof(*d->packets));
	return d->rules && d->packets;
}

void drop_counts_close(struct drop_counts *d)
{
	rule_table_close(d->rules);
	free(d->packets);
}

static uint32_t find_least(const struct drop_counts *d)
{
	uint32_t least = 0;

	for (uint32_t i = 1; i < rule_table_count(d->rules); i++)
		if (d->packets[i] < d->packets[least])
			least = i;
	return least;
}

void drop_counts_add(struct drop_counts *d, const struct place *by)
{
	uint32_t i = rule_table_find(d->rules, by);

	if (i == RULE_TABLE_NONE) {
		if (rule_table_count(d->rules) < DROP_COUNTS_RULES)
			return;
		i = find_least(d);
		if (!rule_table_renew(d->rules, i, by))
			return;
		d->packets[i] = 0;
	}
	d->packets[i]++;
}

void drop_counts_forget(struct drop_counts *d, uint32_t id)
{
	rule_table_forget(d->rules, id);
}

struct drops {
	const struct place *by;
	uint64_t packets;
};

static int more_drops(const void *a, const void *b)
{
	const struct drops *x = a, *y = b;
	int order;
	size_t n;

	if (x->packets != y->packets)
		return x->packets < y->packets ? 1 : -1;
	/* So that a file that is read gives the order of the live run. */
	n = x->by->prefix_len < y->by->prefix_len ? x->by->prefix_len
						  : y->by->prefix_len;
	order = memcmp(x->by->prefix, y->by->prefix, n);
	if (!order && x->by->prefix_len == y->by->prefix_len)
		order = (int)x->by->nfproto - (int)y->by->nfproto;
	return order ? order : (int)x->by->prefix_len - (int)y->by->prefix_len;
}

/* As the TRACE line has it, but that the number stays a rule's while others come and go. */
static int put_name(char *to, size_t size, const struct place *p)
{
	static const size_t head = sizeof("TRACE: ") - 1;
	static const char *const words[] = {
		[PLACE_RULE] = "rule", [PLACE_RETURN] = "return",
		[PLACE_POLICY] = "policy",
	};

	if (p->backend == EVENT_NFT)
		return snprintf(to, size, "%.*s", (int)(p->prefix_len - head),
				p->prefix + head);
	return snprintf(to, size, "%s:%s:%s:%u", p->table, p->chain,
			words[p->kind], p->number);
}

static void note_drop(struct stats_drop *to, const struct drops *d,
		      bool replaced)
{
	const struct place *by = d->by;
	int n = put_name(to->text, sizeof(to->text), by);

	to->packets = d->packets;
	/* Of nft its table's is in the text. */
	to->family = by->backend == EVENT_NFT ? FAMILY_COUNT :
		(uint8_t)family_index_by_nfproto(by->nfproto);
	if (n < 0 || (size_t)n >= sizeof(to->text) || !by->rule_len)
		return;
	snprintf(to->text + n, sizeof(to->text) - (size_t)n, "  \"%.*s\"%s",
		 (int)by->rule_len, by->rule,
		 replaced ? " (replaced during the trace)" : "");
}

void drop_counts_tell(const struct drop_counts *d, struct stats *st)
{
	uint32_t count = rule_table_count(d->rules);
	struct drops *all = calloc(count + 1, sizeof(*all));

	if (!all)
		return;
	for (uint32_t i = 0; i < count; i++)
		all[i] = (struct drops){
			rule_table_rule(d->rules, i), d->packets[i],
		};
	qsort(all, count, sizeof(*all), more_drops);
	st->drops = count < STATS_DROPS ? count : STATS_DROPS;
	for (uint32_t i = 0; i < st->drops; i++)
		note_drop(&st->drop[i], &all[i],
			  rule_table_was_replaced(d->rules, all[i].by->id));
	free(all);
}
