// SPDX-License-Identifier: GPL-2.0-or-later
/* printer: counts the packets whose story is over and writes them where they go. */
#include "report/printer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/ifnames.h"
#include "journey/journey.h"
#include "place/place.h"
#include "protocol/stats.h"
#include "report/display_filter.h"
#include "rules/base/family.h"

enum { MUCH = 1 << 20 };	/* pending bytes that are waited for */

int printer_open(struct printer *p, const struct printer_plan *plan,
		 struct place_index *index, const struct ifnames *names,
		 void (*tell)(void *arg, enum printer_news news), void *arg)
{
	struct report_env env = plan->env;
	int err = 0;

	memset(p, 0, sizeof(*p));
	p->plan = plan;
	p->index = index;
	p->tell = tell;
	p->arg = arg;
	env.names = names;
	for (unsigned int i = 0; i < SINK_COUNT && !err; i++)
		err = sink_open(&p->sink[i], &plan->sink[i], &env);
	p->by_event = p->sink[SINK_STDOUT].report &&
		p->sink[SINK_STDOUT].report->event;
	return err;
}

void printer_close(struct printer *p)
{
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		sink_close(&p->sink[i]);
	free(p->dropped);
}

static void count_drop(struct printer *p, const struct place *by)
{
	if (by->id >= p->dropped_room) {
		uint32_t room = by->id * 2 + 256;
		uint64_t *more = realloc(p->dropped, room * sizeof(*more));

		if (!more)
			return;
		memset(more + p->dropped_room, 0,
		       (room - p->dropped_room) * sizeof(*more));
		p->dropped = more;
		p->dropped_room = room;
	}
	p->dropped[by->id]++;
}

static void check_output(struct printer *p)
{
	for (unsigned int i = 0; i < SINK_COUNT && !p->closed_told; i++) {
		if (!p->sink[i].out.error)
			continue;
		p->closed_told = true;
		p->plan->stats->output_error = p->sink[i].out.error;
		p->plan->stats->output_sink = (uint8_t)i;
		p->tell(p->arg, PRINTER_CLOSED);
	}
}

bool printer_enough(const struct printer *p)
{
	return p->plan->count &&
	       stats_get(&p->plan->stats->printed) >= p->plan->count;
}

/* What the summary says of the packets that are printed. */
static void count_story(struct printer *p, const struct journey *j)
{
	struct stats *st = p->plan->stats;
	const struct fate *f = &j->fate[0];

	stats_add(&st->fate[f->kind], 1);
	if (j->flags & JOURNEY_AMBIGUOUS)
		stats_add(&st->ambiguous, 1);
	if (journey_met_nothing(j))
		stats_add(&st->ruleless, 1);
	if (f->by && (f->kind == FATE_DROP || f->kind == FATE_REJECT))
		count_drop(p, f->by);
}

bool printer_count(struct printer *p, const struct journey *j)
{
	struct stats *st = p->plan->stats;

	stats_add(&st->packets, 1);
	/* Behind -c nobody asks what becomes of it. */
	if (printer_enough(p))
		return false;
	if (j->fate[0].kind == FATE_INCOMPLETE)
		stats_add(&st->incomplete, 1);
	return !p->plan->only || display_filter_passes(p->plan->only, j);
}

/* Stdout decides: a packet that it has no room for is in no other file. */
void printer_print(struct printer *p, struct journey *j)
{
	struct stats *st = p->plan->stats;
	bool fits = true;

	count_story(p, j);
	j->number = stats_get(&st->printed) + 1;
	for (unsigned int i = 0; i < SINK_COUNT && fits; i++)
		fits = sink_journey(&p->sink[i], j);
	if (!fits) {
		stats_add(&st->unprinted, 1);
		return;
	}
	stats_add(&st->printed, 1);
	if (printer_enough(p) && !p->count_told) {
		p->count_told = true;
		p->tell(p->arg, PRINTER_COUNT);
	}
}

void printer_journey(struct printer *p, struct journey *j)
{
	if (printer_count(p, j))
		printer_print(p, j);
}

void printer_event(struct printer *p, const struct event *e,
		   const struct place *at, uint64_t wall_ns)
{
	if (!printer_enough(p) &&
	    !sink_event(&p->sink[SINK_STDOUT], e, at, wall_ns))
		stats_add(&p->plan->stats->unprinted, 1);
}

void printer_flush(struct printer *p)
{
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		sink_flush(&p->sink[i]);
	check_output(p);
}

void printer_relieve(struct printer *p)
{
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		if (outbuf_pending(&p->sink[i].out) >= MUCH)
			outbuf_drain(&p->sink[i].out);
	check_output(p);
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

static void quote(const struct place *by, char *to, size_t size)
{
	static const size_t head = sizeof("TRACE: ") - 1;

	snprintf(to, size, "%.*s%s%.*s%s", (int)(by->prefix_len - head),
		 by->prefix + head, by->rule_len ? "  \"" : "",
		 (int)by->rule_len, by->rule, by->rule_len ? "\"" : "");
}

static void note_drop(struct stats_drop *to, const struct drops *d)
{
	const struct place *by = d->by;

	memset(to, 0, sizeof(*to));
	to->packets = d->packets;
	to->family = (uint8_t)family_index_by_nfproto(by->nfproto);
	if (!by->snap) {
		quote(by, to->text, sizeof(to->text));
		return;
	}
	to->chain = by->chain_index;
	to->number = by->number;
	to->kind = by->kind;
}

/* The busiest rules, for the summary. */
static void note_drops(const struct printer *p)
{
	struct stats *st = p->plan->stats;
	uint32_t n = place_count(p->index), count = 0;
	struct drops *all = calloc(n + 1, sizeof(*all));

	for (uint32_t i = 0; all && i < n && i < p->dropped_room; i++) {
		if (!p->dropped[i])
			continue;
		all[count].by = place_by_id(p->index, i);
		all[count++].packets = p->dropped[i];
	}
	if (count)
		qsort(all, count, sizeof(*all), more_drops);
	st->drops = count < STATS_DROPS ? count : STATS_DROPS;
	for (uint32_t i = 0; i < st->drops; i++)
		note_drop(&st->drop[i], &all[i]);
	free(all);
}

void printer_finish(struct printer *p)
{
	note_drops(p);
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		sink_finish(&p->sink[i]);
	check_output(p);
}
