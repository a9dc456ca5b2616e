// SPDX-License-Identifier: GPL-2.0-or-later
/* replay_text: lines of a log -> events -> journeys. */
#include "replay/replay_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "packet/identity.h"
#include "packet/packet.h"
#include "place/place.h"
#include "printer/origins.h"
#include "printer/printer.h"
#include "protocol/stats.h"
#include "replay/hook_guess.h"
#include "replay/line_clean.h"
#include "replay/line_reader.h"
#include "replay/line_record.h"
#include "replay/lost_notice.h"
#include "replay/nft_entry.h"
#include "replay/replay_nft.h"
#include "replay/replay_state.h"
#include "replay/rules_fit.h"
#include "replay/seen_lines.h"
#include "replay/text_place.h"
#include "replay/trace_again.h"
#include "replay/trace_entry.h"
#include "replay/trace_text.h"
#include "replay/trace_time.h"
#include "replay/wrapped.h"
#include "rules/base/family.h"
#include "rules/base/hash.h"
#include "rules/base/units.h"

struct text_replay {
	struct replay *r;
	struct hook_guess *hooks;
	struct rules_fit *fit;
	struct nft_replay *nft;
	struct trace_text line;
	uint32_t origin;	/* the host of the line, by printer_host() */
	/* Of the line before that is of the same host, on its own clock; the first: any other's. */
	uint64_t last_ns[ORIGINS_MAX + 1];
	uint64_t number;	/* of the line, from 1 */
	int64_t now;		/* today, for dates without a year */
	struct trace_again again;
	struct seen_lines seen;
	struct wrapped cut;	/* an entry of which more may come */
	struct line_record record;	/* fields of one, a line each */
	char *room;		/* LINE_READER_LINE bytes, for a line without its colours */
};

enum { DEPTH = 64 };	/* a line tells no more of a packet */

static uint8_t find_hook(struct text_replay *tr, const struct place *at)
{
	const struct event *e = &tr->line.e;
	struct packet p;

	packet_decode(&p, e->nfproto, e->payload, e->payload_len);
	return hook_guess_find(tr->hooks, e, at,
			       hash_mix(identity_key(&p, DEPTH), tr->origin));
}

/*
 * The kernel's own stamp is the finest; a log without it tells whole seconds,
 * so a second's silence is no silence.  A clock that goes back is another log.
 */
static uint64_t pass_time(struct text_replay *tr)
{
	const struct trace_text *t = &tr->line;
	struct stats_text *st = &tr->r->stats->text;
	uint64_t now = t->boot_ns ? t->boot_ns : t->wall_ns;
	uint64_t *last = &tr->last_ns[tr->origin <= ORIGINS_MAX ? tr->origin : 0];

	if (!now)
		return *last;
	if (now < *last)
		stats_add(&st->older, 1);
	else
		stats_add(&st->newer, now > *last);
	if (now + NS_PER_S < *last)
		tr->r->silence(tr->r->arg, UINT64_MAX);
	else if (now > 2 * NS_PER_S)
		tr->r->silence(tr->r->arg, now - 2 * NS_PER_S);
	*last = now;
	return now;
}

/* A log says which host it is of; what names none is of the last one named. */
static void set_host(struct text_replay *tr)
{
	const struct trace_text_name *host = &tr->line.host;
	uint32_t origin = tr->origin;

	if (host->len)
		origin = printer_host(tr->r->printer, host->at, host->len);
	if (origin != tr->origin)
		tr->r->origin(tr->r->arg, origin);
	tr->origin = origin;
}

static void take_event(struct text_replay *tr)
{
	struct trace_text *t = &tr->line;
	const struct place *at;
	uint64_t now;

	set_host(tr);
	now = pass_time(tr);
	text_place_interfaces(tr->r, t);
	at = text_place_find(tr->r, &t->e);
	if (!at) {
		stats_add(&tr->r->stats->strangers, 1);
		if (!text_place_lacks_table(tr->r, &t->e))
			tr->r->hole(tr->r->arg);
		return;
	}
	t->e.hook = find_hook(tr, at);
	tr->r->event(tr->r->arg, &t->e, at, now, t->wall_ns ? t->wall_ns
							    : t->boot_ns);
}

static void take_entry(struct text_replay *tr, struct strview entry)
{
	struct stats_text *st = &tr->r->stats->text;

	if (seen_lines_again(&tr->seen, &tr->line, entry)) {
		stats_add(&st->doubled, 1);
		return;
	}
	stats_add(&st->masked, tr->line.masked);
	st->holds |= STATS_LOGGED;
	take_event(tr);
}

/* What it was is not known, only that it was. */
static void refuse(struct text_replay *tr, uint64_t number)
{
	tr->r->hole(tr->r->arg);
	replay_refuse(tr->r, number, 0, "");
}

static int parse(struct text_replay *tr, struct strview entry)
{
	return trace_text_parse(&tr->line, entry.at, entry.len, tr->now,
				&tr->again);
}

/* Nothing more comes of the entry that is kept. */
static void settle_cut(struct text_replay *tr)
{
	struct wrapped *w = &tr->cut;

	if (!w->pieces)
		return;
	if (w->whole) {
		take_entry(tr, wrapped_text(w));
		stats_add(&tr->r->stats->text.wrapped, w->pieces > 1);
	} else if (parse(tr, wrapped_text(w)) == -EBADMSG) {
		refuse(tr, w->number);
		stats_add(&tr->r->stats->passed_over, w->pieces - 1);
	} else {
		stats_add(&tr->r->stats->passed_over, w->pieces);
	}
	w->pieces = 0;
}

/*
 * One entry, whole or not.  The kernel ends each with a blank: without it the
 * line may have been broken off behind a word.
 */
static int take_one(struct text_replay *tr, struct strview entry)
{
	bool ended = entry.len && entry.at[entry.len - 1] == ' ';
	int err;

	if (!ended && wrapped_begin(&tr->cut, entry, tr->number))
		entry = wrapped_text(&tr->cut);
	err = parse(tr, entry);
	tr->cut.whole = !err;
	if (err == -ENOMSG)
		tr->cut.pieces = 0;
	if (tr->cut.pieces)
		return err;
	if (!err)
		take_entry(tr, entry);
	return err;
}

/* A line that is not whole: more of it may come. */
static void keep_cut(struct text_replay *tr, struct strview entry)
{
	if (!tr->cut.pieces && !wrapped_begin(&tr->cut, entry, tr->number))
		refuse(tr, tr->number);
}

/* Several on one line, as a page that lost its line ends has them. */
static void take_joined(struct text_replay *tr, struct strview line)
{
	size_t mark = trace_entry_mark(line, 0), begin = 0;

	while (mark < line.len) {
		size_t next = trace_entry_mark(line, mark + 1);
		size_t end = next == line.len ? next :
			trace_entry_head(line, mark, next);
		struct strview entry = { line.at + begin, end - begin };

		settle_cut(tr);
		if (take_one(tr, entry) == -EBADMSG)
			keep_cut(tr, entry);
		stats_add(&tr->r->stats->text.joined, begin > 0);
		begin = end;
		mark = next;
	}
}

/* Does it begin with a time, as a log's lines do? */
static bool is_dated(struct text_replay *tr, struct strview line)
{
	struct trace_text *t = &tr->line;

	t->wall_ns = t->boot_ns = 0;
	trace_text_time(t, line.at, line.len, tr->now);
	return t->wall_ns || t->boot_ns;
}

/* What follows is the rest of an entry, or the entry stays as it was. */
static bool extend_cut(struct text_replay *tr, struct strview rest)
{
	struct wrapped *w = &tr->cut;
	size_t len = w->len;
	unsigned int pieces = w->pieces;

	if (w->whole && !trace_entry_is_rest(rest))
		return false;
	if (!wrapped_add(w, rest))
		return false;
	if (parse(tr, wrapped_text(w)) == 0) {
		w->whole = true;
	} else if (w->whole) {
		w->len = len;
		w->pieces = pieces;
		parse(tr, wrapped_text(w));
		return false;
	}
	return true;
}

/* What follows an entry and is no line of its own may be the rest of it. */
static bool take_rest(struct text_replay *tr, struct strview rest)
{
	rest = line_unquote(rest);
	if (rest.len && (tr->cut.whole || !is_dated(tr, rest)) &&
	    extend_cut(tr, rest))
		return true;
	settle_cut(tr);
	return false;
}

/* Entries of nft's, several where a page has lost its line ends; false: there is none. */
static bool take_nft(struct text_replay *tr, struct strview line)
{
	bool any = false;

	if (!nft_entry_may_be(line))
		return false;
	while (line.len) {
		size_t next = nft_entry_next(line);
		int err = replay_nft_line(tr->nft,
					  (struct strview){ line.at, next },
					  tr->number);

		line = strview_behind(line, next);
		if (err == -ENOMSG)
			continue;
		if (!any)
			settle_cut(tr);
		tr->r->stats->text.holds |= STATS_PRINTED;
		if (err)
			refuse(tr, tr->number);
		stats_add(&tr->r->stats->text.joined, any);
		any = true;
	}
	return any;
}

/* A line without a mark. */
static void take_other(struct text_replay *tr, struct strview line)
{
	uint32_t missed;

	if (take_nft(tr, line))
		return;
	missed = lost_notice(line);

	if (missed) {
		settle_cut(tr);
		tr->r->gap(tr->r->arg, missed);
	} else if (tr->cut.pieces && take_rest(tr, line)) {
		return;
	} else if (trace_entry_ends_with_mark(line) &&
		   wrapped_begin(&tr->cut, line, tr->number)) {
		return;
	}
	stats_add(&tr->r->stats->passed_over, line.len > 0);
}

/* Behind a part of an entry its rest may stand, in front of the next one. */
static struct strview finish_cut(struct text_replay *tr, struct strview line,
				 size_t mark)
{
	size_t head = trace_entry_head(line, 0, mark);

	if (head)
		take_rest(tr, (struct strview){ line.at, head });
	settle_cut(tr);
	return strview_behind(line, head);
}

static void take_text_line(struct text_replay *tr, struct strview line)
{
	size_t mark = trace_entry_mark(line, 0);

	if (mark == line.len) {
		take_other(tr, line);
		return;
	}
	if (tr->cut.pieces) {
		line = finish_cut(tr, line, mark);
		mark = trace_entry_mark(line, 0);
	}
	switch (take_one(tr, line)) {
	case -ENOMSG:
		take_other(tr, line);
		break;
	case -EBADMSG:
		if (trace_entry_mark(line, mark + 1) < line.len) {
			tr->cut.pieces = 0;
			take_joined(tr, line);
		} else {
			keep_cut(tr, line);
		}
	}
}

/* What was told of one message, field by field. */
static void take_record(struct text_replay *tr)
{
	struct strview text = line_record_text(&tr->record);

	if (text.len)
		take_text_line(tr, text);
	else
		stats_add(&tr->r->stats->passed_over, 1);
}

static void take_line(struct text_replay *tr, struct strview line)
{
	enum line_record_step step;

	tr->number++;
	line = line_clean(line, tr->room);
	step = line_record_add(&tr->record, line);
	if (step == RECORD_BREAKS) {
		take_record(tr);
		step = line_record_add(&tr->record, line);
	}
	if (step == RECORD_ENDS)
		take_record(tr);
	else if (step == RECORD_OTHER)
		take_text_line(tr, line);
}

static void close_text(struct text_replay *tr)
{
	if (!tr)
		return;
	hook_guess_close(tr->hooks);
	rules_fit_close(tr->fit);
	replay_nft_close(tr->nft);
	seen_lines_clear(&tr->seen);
	free(tr->room);
	free(tr);
}

static void note_rules(struct replay *r)
{
	uint8_t *rules = &r->stats->text.rules;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (r->snap[i])
			*rules |= STATS_LOGGED;
	if (r->nft_rules.len)
		*rules |= STATS_PRINTED;
}

void replay_text(struct replay *r, struct line_reader *in)
{
	struct text_replay *tr = calloc(1, sizeof(*tr));
	const char *line;
	size_t len;

	if (tr) {
		tr->room = malloc(LINE_READER_LINE);
		tr->now = time(NULL);
		tr->fit = rules_fit_find(r, in, tr->now);
		tr->hooks = hook_guess_open(r->snap);
		tr->nft = replay_nft_open(r);
	}
	if (!tr || !tr->room || !tr->fit || !tr->hooks || !tr->nft) {
		r->stats->input_end = REPLAY_BROKEN;
		close_text(tr);
		return;
	}
	tr->r = r;
	note_rules(r);
	replay_origin(r, "", 0, "", true);
	while (replay_goes_on(r, in) && line_reader_line(in, &line, &len)) {
		take_line(tr, (struct strview){ line, len });
		printer_relieve(r->printer);
	}
	if (tr->record.form)
		take_record(tr);
	settle_cut(tr);
	close_text(tr);
}
