// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_counts: how many packets each rule dropped, and by way of which, for the summary. */
#include "printer/drop_counts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "grounds/grounds.h"
#include "journey/map_verdict.h"
#include "place/place.h"
#include "protocol/stats.h"
#include "report/rule_table.h"
#include "rules/base/family.h"
#include "rules/base/hash.h"

enum {
	/* Two of each way, and those of one that is just being made. */
	RULES = 2 * DROP_COUNTS_WAYS + 2,
	NO_RULE = RULE_TABLE_NONE,
};

/* What a rule has to do with it that another one dropped a packet. */
enum lead { LEAD_NONE, LEAD_VIA, LEAD_MARK, LEAD_MARK_VIA };

struct drop_way {
	uint32_t by, led;	/* numbers of rules; .led: LEAD_NONE: NO_RULE */
	uint32_t next;		/* of the bucket, as there */
	uint8_t lead;		/* enum lead */
	char *element;		/* of the map of .led, if it is LEAD_VIA, else of .by; NULL */
	uint64_t packets;
};

bool drop_counts_open(struct drop_counts *d)
{
	memset(d, 0, sizeof(*d));
	d->rules = rule_table_open(RULES);
	d->uses = calloc(RULES, sizeof(*d->uses));
	d->way = calloc(DROP_COUNTS_WAYS, sizeof(*d->way));
	return d->rules && d->uses && d->way;
}

void drop_counts_close(struct drop_counts *d)
{
	rule_table_close(d->rules);
	for (uint32_t i = 0; i < d->ways; i++)
		free(d->way[i].element);
	free(d->uses);
	free(d->way);
}

/* The number of a rule, which is its for as long as it is held. */
static uint32_t hold(struct drop_counts *d, const struct place *at)
{
	uint32_t i = at ? rule_table_find(d->rules, at) : NO_RULE;

	if (!at)
		return NO_RULE;
	if (i == NO_RULE && rule_table_count(d->rules) == RULES) {
		for (i = 0; i < RULES && d->uses[i]; i++)
			;
		if (i == RULES || !rule_table_renew(d->rules, i, at))
			return NO_RULE;
	}
	if (i != NO_RULE)
		d->uses[i]++;
	return i;
}

static void let_go(struct drop_counts *d, uint32_t i)
{
	if (i != NO_RULE)
		d->uses[i]--;
}

static uint32_t *bucket_of(struct drop_counts *d, uint32_t by, uint32_t led)
{
	return &d->bucket[hash_mix(by, led) % DROP_COUNTS_BUCKETS];
}

static bool same_element(const char *x, const char *y)
{
	return x && y ? strcmp(x, y) == 0 : x == y;
}

static struct drop_way *find_way(struct drop_counts *d, uint32_t by,
				 uint32_t led, uint8_t lead,
				 const char *element)
{
	uint32_t i = *bucket_of(d, by, led);

	while (i) {
		struct drop_way *w = &d->way[i - 1];

		if (w->by == by && w->led == led && w->lead == lead &&
		    same_element(w->element, element))
			return w;
		i = w->next;
	}
	return NULL;
}

static uint32_t take_least(struct drop_counts *d)
{
	uint32_t least = 0, *at;

	for (uint32_t i = 1; i < d->ways; i++)
		if (d->way[i].packets < d->way[least].packets)
			least = i;
	at = bucket_of(d, d->way[least].by, d->way[least].led);
	while (*at != least + 1)
		at = &d->way[*at - 1].next;
	*at = d->way[least].next;
	let_go(d, d->way[least].by);
	let_go(d, d->way[least].led);
	free(d->way[least].element);
	return least;
}

/* Both rules are held, and stay so. */
static void add_way(struct drop_counts *d, uint32_t by, uint32_t led,
		    uint8_t lead, const char *element)
{
	uint32_t i = d->ways < DROP_COUNTS_WAYS ? d->ways++ : take_least(d);
	uint32_t *head = bucket_of(d, by, led);

	d->way[i] = (struct drop_way){
		.by = by, .led = led, .lead = lead, .next = *head, .packets = 1,
		.element = element ? strdup(element) : NULL,
	};
	*head = i + 1;
}

/* Of several the one that tells most: what asked for this packet. */
static const struct place *find_lead(const struct grounds *g, uint8_t *lead)
{
	*lead = g->via ? LEAD_VIA : g->marked_via ? LEAD_MARK_VIA :
		g->marked ? LEAD_MARK : LEAD_NONE;
	return g->via ? g->via : g->marked_via ? g->marked_via : g->marked;
}

/* As it stands behind the rule; NULL: there is none, or it is not known. */
static const char *put_element(char *buf, size_t size, const struct map_verdict *map)
{
	if (!map || !map->key)
		return NULL;
	snprintf(buf, size, map->comment ? "%s \"%s\"" : "%s", map->key,
		 map->comment ? map->comment : "");
	return buf;
}

void drop_counts_add(struct drop_counts *d, const struct place *by,
		     const struct grounds *g, const struct map_verdict *map)
{
	char text[MAP_VERDICT_KEY + MAP_VERDICT_COMMENT + 4];
	const char *element = put_element(text, sizeof(text), map);
	uint8_t lead;
	const struct place *leads = find_lead(g, &lead);
	uint32_t i = hold(d, by), led = hold(d, leads);
	struct drop_way *way;

	/* Without memory for a rule. */
	if (i == NO_RULE || (leads && led == NO_RULE)) {
		let_go(d, i);
		let_go(d, led);
		return;
	}
	way = find_way(d, i, led, lead, element);
	if (!way) {
		add_way(d, i, led, lead, element);
		return;
	}
	way->packets++;
	let_go(d, i);
	let_go(d, led);
}

void drop_counts_forget(struct drop_counts *d, uint32_t id)
{
	rule_table_forget(d->rules, id);
}

struct drops {
	const struct place *by, *led;	/* .led: NULL: none */
	const char *element;
	uint64_t packets;
	uint8_t lead;
};

static int compare_rules(const struct place *x, const struct place *y)
{
	size_t n = x->prefix_len < y->prefix_len ? x->prefix_len : y->prefix_len;
	int order = memcmp(x->prefix, y->prefix, n);

	if (!order && x->prefix_len == y->prefix_len)
		order = (int)x->nfproto - (int)y->nfproto;
	return order ? order : (int)x->prefix_len - (int)y->prefix_len;
}

/* Of equals in an order that is the live run's in a file that is read, too. */
static int more_counts(const void *a, const void *b)
{
	const struct drops *x = a, *y = b;
	int order;

	if (x->packets != y->packets)
		return x->packets < y->packets ? 1 : -1;
	order = compare_rules(x->by, y->by);
	if (!order)
		order = (int)x->lead - (int)y->lead;
	if (!order && x->led)
		order = compare_rules(x->led, y->led);
	if (order || !x->element || !y->element)
		return order ? order : (x->element != NULL) - (y->element != NULL);
	return strcmp(x->element, y->element);
}

/* As the TRACE line has it, but for the number: when it is read the run's own rules are out. */
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
			words[p->kind], place_number(p));
}

/* Return: how much of @size is used; all of it when there was no room for more. */
static size_t put_rule(char *to, size_t size, const struct drop_counts *d,
		       const struct place *p, const char *element)
{
	int n = put_name(to, size, p);
	bool replaced = rule_table_was_replaced(d->rules, p->id);

	if (n >= 0 && (size_t)n < size && p->rule_len)
		n += snprintf(to + n, size - (size_t)n, "  \"%.*s\"%s",
			      (int)p->rule_len, p->rule,
			      replaced ? " (replaced during the trace)" : "");
	if (n >= 0 && (size_t)n < size && element)
		n += snprintf(to + n, size - (size_t)n, ": %s", element);
	return n < 0 || (size_t)n >= size ? size : (size_t)n;
}

static void note_drop(struct stats_drop *to, const struct drop_counts *d,
		      const struct drops *from)
{
	static const char *const words[] = {
		[LEAD_NONE] = "", [LEAD_VIA] = "; via ",
		[LEAD_MARK] = "; mark set by ", [LEAD_MARK_VIA] = "; mark set via ",
	};
	const struct place *by = from->by;
	size_t room = sizeof(to->text);
	size_t n = put_rule(to->text, room, d, by,
			    from->lead == LEAD_VIA ? NULL : from->element);

	to->packets = from->packets;
	/* Of nft its table's is in the text. */
	to->family = by->backend == EVENT_NFT ? FAMILY_COUNT :
		(uint8_t)family_index_by_nfproto(by->nfproto);
	if (!from->led || n + strlen(words[from->lead]) >= room)
		return;
	n += (size_t)snprintf(to->text + n, room - n, "%s", words[from->lead]);
	put_rule(to->text + n, room - n, d, from->led,
		 from->lead == LEAD_VIA ? from->element : NULL);
}

void drop_counts_tell(const struct drop_counts *d, struct stats *st)
{
	struct drops *all = calloc(d->ways + 1, sizeof(*all));

	if (!all)
		return;
	for (uint32_t i = 0; i < d->ways; i++) {
		const struct drop_way *w = &d->way[i];

		all[i] = (struct drops){
			.by = rule_table_rule(d->rules, w->by),
			.led = w->led == NO_RULE ? NULL :
				rule_table_rule(d->rules, w->led),
			.packets = w->packets, .lead = w->lead,
			.element = w->element,
		};
	}
	qsort(all, d->ways, sizeof(*all), more_counts);
	st->drops = d->ways < STATS_DROPS ? d->ways : STATS_DROPS;
	for (uint32_t i = 0; i < st->drops; i++)
		note_drop(&st->drop[i], d, &all[i]);
	free(all);
}
