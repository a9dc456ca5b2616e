// SPDX-License-Identifier: GPL-2.0-or-later
/* printer: counts the packets whose story is over and writes them where they go. */
#include "printer/printer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "capture/ifnames.h"
#include "grounds/component.h"
#include "grounds/grounds.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "mask/mask_journey.h"
#include "packet/packet_print.h"
#include "place/place_types.h"
#include "printer/answers.h"
#include "printer/display_filter.h"
#include "printer/origins.h"
#include "printer/unreached.h"
#include "protocol/stats.h"
#include "report/report.h"

enum { MUCH = 1 << 20 };	/* pending bytes that are waited for */

/* What is written may be shown to strangers: no form sees more than that. */
static int open_mask(struct printer *p, struct report_env *env)
{
	if (!p->plan->mask)
		return 0;
	p->masker = masker_open(p->plan->mask, env->names);
	if (!p->masker)
		return -ENOMEM;
	env->names = masker_names(p->masker);
	masker_host(p->masker, env->host, sizeof(env->host));
	return 0;
}

int printer_open(struct printer *p, const struct printer_plan *plan,
		 const struct ifnames *names,
		 void (*tell)(void *arg, enum printer_news news), void *arg)
{
	struct report_env env = plan->env;
	int err;

	memset(p, 0, sizeof(*p));
	p->plan = plan;
	p->tell = tell;
	p->arg = arg;
	p->names = env.names = names;
	p->unexpected.expect = plan->expect.fates;
	if (plan->answers)
		p->answers = answers_open();
	err = drop_counts_open(&p->drops) && (p->answers || !plan->answers) ?
		      open_mask(p, &env) : -ENOMEM;
	for (unsigned int i = 0; i < SINK_COUNT && !err; i++) {
		err = sink_open(&p->sink[i], &plan->sink[i], &env);
		if (p->sink[i].report)
			p->sinks = i + 1;
	}
	p->by_event = p->sink[SINK_STDOUT].report &&
		p->sink[SINK_STDOUT].report->event;
	p->lines = p->by_event && p->sink[SINK_STDOUT].lines && !p->masker &&
		   !plan->count;
	return err;
}

void printer_close(struct printer *p)
{
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		sink_close(&p->sink[i]);
	drop_counts_close(&p->drops);
	answers_close(p->answers);
	origins_close(p->origins);
	masker_close(p->masker);
}

static void check_output(struct printer *p)
{
	for (unsigned int i = 0; i < p->sinks && !p->closed_told; i++) {
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

static void count_drop(struct printer *p, const struct journey *j)
{
	struct component_found owner;
	struct grounds g;

	grounds_find(&g, j, 0);
	drop_counts_add(&p->drops, j->fate[0].by, &g,
			map_verdict_of(j, 0, g.via ? g.via : j->fate[0].by));
	owner_counts_add(&p->owners, component_of_fate(&owner, j, 0, &g) ?
					     &owner : NULL);
}

/* One more interface by which packets went out, as long as there is room. */
static void note_out(struct stats *st, const struct fate *f)
{
	unsigned int i = 0;

	if ((f->kind != FATE_FORWARDED && f->kind != FATE_SENT) || !f->out)
		return;
	while (i < STATS_OUT && stats_get(&st->out[i]) &&
	       stats_get(&st->out[i]) != f->out)
		i++;
	if (i < STATS_OUT)
		stats_set(&st->out[i], f->out);
}

/* What the summary says of the packets that are printed. */
static void count_story(struct printer *p, const struct journey *j)
{
	struct stats *st = p->plan->stats;
	const struct fate *f = &j->fate[0];

	stats_add(&st->fate[f->kind], 1);
	note_out(st, f);
	if (j->flags & JOURNEY_AMBIGUOUS)
		stats_add(&st->ambiguous, 1);
	if (journey_met_nothing(j))
		stats_add(&st->ruleless, 1);
	if (j->flags & JOURNEY_STRADDLES && !p->by_event)
		stats_add(&st->straddled, 1);
	if (f->by && (f->kind == FATE_DROP || f->kind == FATE_REJECT))
		count_drop(p, j);
	else
		reason_counts_add(&p->reasons, f, &j->first);
}

void printer_pass_over(struct printer *p, const struct journey *j)
{
	struct stats *st = p->plan->stats;

	stats_add(&st->packets, 1);
	if (p->answers)
		answers_add(p->answers, j);
	loops_add(&p->loops, st, j, p->names, p->masker);
}

bool printer_count(struct printer *p, const struct journey *j)
{
	struct stats *st = p->plan->stats;

	printer_pass_over(p, j);
	/* Behind -c nobody asks what becomes of it. */
	if (printer_enough(p))
		return false;
	if (j->fate[0].kind == FATE_INCOMPLETE)
		stats_add(&st->incomplete, 1);
	return !p->plan->only ||
	       display_filter_passes(p->plan->only, j, p->names);
}

static void set_host(struct printer *p, const char *host, size_t len)
{
	for (unsigned int i = 0; i < SINK_COUNT; i++) {
		struct report_env *env = &p->sink[i].env;

		escape_text(env->host, sizeof(env->host), host, len);
		if (p->masker)
			masker_host(p->masker, env->host, sizeof(env->host));
	}
}

/* What a log of several hosts tells next is of this one. */
static void set_origin(struct printer *p, uint32_t origin)
{
	const char *name;
	size_t len;

	if (!p->origins || p->origin == origin)
		return;
	p->origin = origin;
	name = origins_name(p->origins, origin, &len);
	set_host(p, name, len);
}

/* Stdout decides: a packet that it has no room for is in no other file. */
void printer_print(struct printer *p, struct journey *j)
{
	struct stats *st = p->plan->stats;
	const struct journey *shown = j;
	bool fits;

	j->number = stats_get(&st->printed) + 1;
	set_origin(p, j->origin);
	if (p->masker)
		shown = masker_journey(p->masker, j);
	fits = shown;
	if (fits) {
		count_story(p, shown);
		unexpected_add(&p->unexpected, shown);
		unreached_add(st, &p->plan->expect, j);
	}
	for (unsigned int i = 0; i < p->sinks && fits; i++)
		if (p->sink[i].report)
			fits = sink_journey(&p->sink[i], shown);
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

/* The summary counts the packet by what became of it in the end. */
static void count_late(struct printer *p, const struct report_late *l)
{
	struct stats *st = p->plan->stats;

	stats_add(&st->late, 1);
	if (l->branch)
		return;
	stats_add(&st->fate[l->was], (uint64_t)-1);
	stats_add(&st->fate[l->fate.kind], 1);
	reason_counts_add(&p->reasons, &l->fate, &l->packet);
}

uint32_t printer_hides(const struct printer *p, const struct journey *j)
{
	const struct display_filter *only = p->plan->only;
	uint32_t hides = 0;

	if (!only || !(only->kinds & 1u << DISPLAY_FATE) || j->number ||
	    printer_enough(p))
		return 0;
	for (unsigned int b = 0; b < j->branches; b++)
		if (display_filter_passes_as(only, j, b, FATE_LOST, p->names))
			hides |= UINT32_C(1) << b;
	return hides;
}

/* Its journey is forgotten: the summary tells of it. */
static void count_hidden(struct printer *p, const struct report_late *l)
{
	struct stats_hidden *h = &p->plan->stats->hidden;
	char headers[192], reason[REPORT_REASON];

	if (!stats_get(&h->count)) {
		packet_print(headers, sizeof(headers), &l->packet, false);
		report_late_reason(reason, sizeof(reason), l);
		snprintf(h->first, sizeof(h->first), "%s: %s", headers,
			 reason);
	}
	stats_add(&h->count, 1);
}

void printer_late(struct printer *p, const struct report_late *l)
{
	struct report_late shown = *l;
	bool fits = !p->masker ||
		    masker_lost(p->masker, &shown.packet, &shown.fate);

	if (!l->number) {
		count_hidden(p, l);
		return;
	}
	if (fits) {
		count_late(p, &shown);
		unexpected_late(&p->unexpected, &shown);
	}
	for (unsigned int i = 0; i < p->sinks && fits; i++)
		fits = sink_late(&p->sink[i], &shown);
	if (!fits)
		stats_add(&p->plan->stats->unprinted, 1);
}

static bool put_event(struct printer *p, const struct event *e,
		      const struct place *at, uint64_t wall_ns)
{
	if (p->masker) {
		e = masker_event(p->masker, e);
		at = masker_place(p->masker, at);
	}
	return e && at && sink_event(&p->sink[SINK_STDOUT], e, at, wall_ns);
}

void printer_event_anew(struct printer *p, const struct event *e,
			const struct place *at, uint64_t wall_ns)
{
	if (!printer_enough(p) && !put_event(p, e, at, wall_ns))
		stats_add(&p->plan->stats->unprinted, 1);
	if (at->straddles)
		stats_add(&p->plan->stats->straddled, 1);
}

void printer_origin(struct printer *p, const char *host, size_t len,
		    const char *netns, bool log)
{
	set_host(p, host, len);
	for (unsigned int i = 0; i < SINK_COUNT; i++) {
		struct report_env *env = &p->sink[i].env;

		snprintf(env->netns, sizeof(env->netns), "%s", netns);
		env->log = log;
	}
	/* Of which host a log's packets are they say themselves from then on. */
	origins_close(p->origins);
	p->origins = NULL;
	p->origin = 0;
}

uint32_t printer_host(struct printer *p, const char *host, size_t len)
{
	uint32_t origin;

	if (!p->origins)
		p->origins = origins_open();
	if (!p->origins)
		return 0;
	origin = origins_find(p->origins, host, len);
	set_origin(p, origin);
	return origin;
}

void printer_traced(struct printer *p, const char *command, const char *kernel)
{
	struct report_run *run = &p->traced;

	/* What was typed tells as much as packets do. */
	if (!p->masker)
		escape_text(run->command, sizeof(run->command), command,
			    strlen(command));
	escape_text(run->kernel, sizeof(run->kernel), kernel, strlen(kernel));
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		p->sink[i].env.traced = run;
}

void printer_flush(struct printer *p)
{
	for (unsigned int i = 0; i < p->sinks; i++)
		sink_flush(&p->sink[i]);
	check_output(p);
}

void printer_relieve(struct printer *p)
{
	for (unsigned int i = 0; i < p->sinks; i++)
		if (outbuf_pending(&p->sink[i].out) >= MUCH)
			outbuf_drain(&p->sink[i].out);
	check_output(p);
}

void printer_next(struct printer *p)
{
	for (unsigned int i = 0; i < p->sinks; i++)
		sink_next(&p->sink[i]);
}

void printer_forget(struct printer *p, uint32_t id)
{
	drop_counts_forget(&p->drops, id);
	for (unsigned int i = 0; i < p->sinks; i++)
		sink_forget(&p->sink[i], id);
	if (p->masker)
		masker_forget(p->masker, id);
}

void printer_finish(struct printer *p)
{
	drop_counts_tell(&p->drops, p->plan->stats);
	owner_counts_tell(&p->owners, p->plan->stats);
	if (p->answers)
		answers_tell(p->answers, p->plan->stats, p->masker);
	reason_counts_tell(&p->reasons, p->plan->stats);
	unexpected_tell(&p->unexpected, p->plan->stats);
	for (unsigned int i = 0; i < p->sinks; i++)
		sink_finish(&p->sink[i]);
	check_output(p);
}
