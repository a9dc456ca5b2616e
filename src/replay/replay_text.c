// SPDX-License-Identifier: GPL-2.0-or-later
/* replay_text: lines of a log -> events -> journeys. */
#include "replay/replay_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "capture/ifnames.h"
#include "packet/identity.h"
#include "packet/packet.h"
#include "place/place.h"
#include "protocol/stats.h"
#include "replay/hook_guess.h"
#include "replay/line_reader.h"
#include "replay/replay_state.h"
#include "replay/trace_text.h"
#include "report/printer.h"
#include "rules/base/units.h"

struct text_replay {
	struct replay *r;
	struct hook_guess *hooks;
	struct trace_text line;
	uint64_t last_ns;	/* of the line before, on its own clock */
	uint64_t number;	/* of the line, from 1 */
	int64_t now;		/* today, for dates without a year */
};

static uint32_t interface(struct text_replay *tr, struct trace_text_name name)
{
	return name.len ? ifnames_index(tr->r->names, name.at, name.len) : 0;
}

static void fill_interfaces(struct text_replay *tr)
{
	struct trace_text *t = &tr->line;

	t->e.in = interface(tr, t->in);
	t->e.out = interface(tr, t->out);
	t->e.phys_in = interface(tr, t->phys_in);
	t->e.phys_out = interface(tr, t->phys_out);
}

static bool has_rules(const struct replay *r)
{
	for (unsigned int f = 0; f < FAMILY_COUNT; f++)
		if (r->snap[f])
			return true;
	return false;
}

/* Without rules a place is what the prefix tells of it. */
static const struct place *find_place(struct text_replay *tr)
{
	const struct event *e = &tr->line.e;
	struct place_known known = {
		.prefix = e->prefix, .prefix_len = e->prefix_len,
		.rule = "", .nfproto = e->nfproto,
	};

	/* Some line columns up. */
	while (known.prefix_len && known.prefix[known.prefix_len - 1] == ' ')
		known.prefix_len--;

	if (has_rules(tr->r))
		return place_find(tr->r->index, e->nfproto, e->prefix,
				  e->prefix_len);
	return place_restore(tr->r->index, &known);
}

enum { DEPTH = 64 };	/* a line tells no more of a packet */

static uint8_t find_hook(struct text_replay *tr, const struct place *at)
{
	const struct event *e = &tr->line.e;
	struct packet p;

	packet_decode(&p, e->nfproto, e->payload, e->payload_len);
	return hook_guess_find(tr->hooks, e, at, identity_key(&p, DEPTH));
}

/*
 * The kernel's own stamp is the finest; a log without it tells whole seconds,
 * so a second's silence is no silence.  A clock that goes back is another log.
 */
static uint64_t pass_time(struct text_replay *tr)
{
	const struct trace_text *t = &tr->line;
	uint64_t now = t->boot_ns ? t->boot_ns : t->wall_ns;

	if (!now)
		return tr->last_ns;
	if (now + NS_PER_S < tr->last_ns)
		tr->r->silence(tr->r->arg, UINT64_MAX);
	else if (now > 2 * NS_PER_S)
		tr->r->silence(tr->r->arg, now - 2 * NS_PER_S);
	tr->last_ns = now;
	return now;
}

/* A log says which host it is of; the reports' host is the last one named. */
static void set_host(struct text_replay *tr)
{
	const struct trace_text_name *host = &tr->line.host;

	if (host->len)
		replay_origin(tr->r, host->at, host->len, "", true);
}

static void take_event(struct text_replay *tr)
{
	struct trace_text *t = &tr->line;
	uint64_t now = pass_time(tr);
	const struct place *at;

	fill_interfaces(tr);
	at = find_place(tr);
	if (!at) {
		stats_add(&tr->r->stats->strangers, 1);
		tr->r->hole(tr->r->arg);
		return;
	}
	set_host(tr);
	t->e.hook = find_hook(tr, at);
	tr->r->event(tr->r->arg, &t->e, at, now, t->wall_ns ? t->wall_ns
							    : t->boot_ns);
}

static void take_line(struct text_replay *tr, const char *line, size_t len)
{
	uint32_t missed;

	tr->number++;
	switch (trace_text_parse(&tr->line, line, len, tr->now)) {
	case 0:
		take_event(tr);
		return;
	case -EBADMSG:
		/* What it was is not known, only that it was. */
		tr->r->hole(tr->r->arg);
		replay_refuse(tr->r, tr->number, 0, "");
		return;
	default:
		missed = trace_text_missed(line, len);
		if (missed)
			tr->r->gap(tr->r->arg, missed);
	}
	stats_add(&tr->r->stats->passed_over, len > 0);
}

void replay_text(struct replay *r, struct line_reader *in)
{
	struct text_replay *tr = calloc(1, sizeof(*tr));
	const char *line;
	size_t len;

	if (tr)
		tr->hooks = hook_guess_open(r->snap);
	if (!tr || !tr->hooks) {
		r->stats->input_end = REPLAY_BROKEN;
		free(tr);
		return;
	}
	tr->r = r;
	replay_origin(r, "", 0, "", true);
	tr->now = time(NULL);
	while (replay_goes_on(r, in) && line_reader_line(in, &line, &len)) {
		take_line(tr, line, len);
		printer_relieve(r->printer);
	}
	hook_guess_close(tr->hooks);
	free(tr);
}
