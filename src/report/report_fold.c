// SPDX-License-Identifier: GPL-2.0-or-later
/* report_fold: a packet in a few lines: its fate, by which rule, and what changed. */
#include "report/report_text.h"

#include <errno.h>

#include "base/format.h"
#include "capture/event.h"
#include "grounds/grounds.h"
#include "journey/change.h"
#include "journey/conntrack_seen.h"
#include "journey/journey.h"
#include "packet/packet_print.h"
#include "place/place.h"
#include "place/text_doubt.h"
#include "report/fold_events.h"
#include "report/fold_fate.h"
#include "report/fold_out.h"
#include "report/fold_steps.h"
#include "report/report_alone.h"
#include "report/report_conntrack.h"
#include "report/stories.h"
#include "report/text_change.h"
#include "report/text_fate.h"
#include "report/text_near.h"

static int fold_open(struct outbuf *o, struct report_env *env)
{
	(void)o;
	env->state = place_words_cache_open();
	return env->state ? 0 : -ENOMEM;
}

static void fold_close(struct report_env *env)
{
	place_words_cache_close(env->state);
	env->state = NULL;
}

static void fold_forget(struct report_env *env, uint32_t id)
{
	place_words_cache_forget(env->state, id);
}

/* Where it went, or was going to. */
static void put_out(struct fold_out *f, const struct journey *j, unsigned int b,
		    const char *before)
{
	uint32_t out = j->fate[b].out;

	for (uint32_t i = journey_kept(j); !out && i-- > 0;)
		if (j->step[i].branch == b)
			out = j->step[i].out;
	if (!out && b == 0)
		out = journey_first(j)->out;
	fold_interface(f, before, out, text_last_port(j, b));
}

static void put_fold_headers(struct fold_out *f, const struct packet *p)
{
	size_t at = wrap_here(&f->w);
	char *room = outbuf_room(f->w.o, TEXT_LINE);

	if (room)
		outbuf_advance(f->w.o, packet_print_brief(room, TEXT_LINE, p));
	wrap_flow(&f->w, at);
}

static void put_fate_word(struct fold_out *f, unsigned int kind)
{
	text_color(f->w.o, f->env, text_fate_color(kind));
	wrap_text(&f->w, fate_word(kind));
	text_color(f->w.o, f->env, TEXT_RESET);
}

/* A line of others' words, if there are any; @line: where it began, @at: they. */
static void end_words(struct fold_out *f, size_t line, size_t at, bool any)
{
	if (!any) {
		outbuf_cut(f->w.o, line);
		f->w.column = 0;
		return;
	}
	wrap_flow(&f->w, at);
	wrap_end(&f->w);
}

static void put_fold_alone(struct fold_out *f, const struct journey *j,
			   uint8_t backend)
{
	size_t line = wrap_here(&f->w), at;

	fold_line(f, "");
	at = wrap_here(&f->w);
	end_words(f, line, at, report_alone(f->w.o, j, backend));
}

static void put_fold_conntrack(struct fold_out *f, const struct journey *j)
{
	size_t line = wrap_here(&f->w), at;

	fold_line(f, "");
	at = wrap_here(&f->w);
	end_words(f, line, at, report_conntrack(f->w.o, j));
}

static void put_fold_first_way(struct fold_out *f, const struct journey *j)
{
	size_t at;

	fold_line(f, "");
	text_color(f->w.o, f->env, TEXT_BOLD);
	at = wrap_here(&f->w);
	text_first_way(f->w.o, f->env, j);
	wrap_flow(&f->w, at);
	text_color(f->w.o, f->env, TEXT_RESET);
	wrap_end(&f->w);
}

/* What is known of the whole packet, and tells why it went as it did. */
static void put_known(struct fold_out *f, const struct journey *j)
{
	if (journey_met_nothing(j)) {
		fold_line(f, "(no rule met)");
		wrap_end(&f->w);
	}
	if (conntrack_decided(j))
		put_fold_conntrack(f, j);
	if (text_change_has_way(f->env, j, j->changes))
		put_fold_first_way(f, j);
	put_fold_alone(f, j, EVENT_LEGACY);
	put_fold_alone(f, j, EVENT_NFT);
}

/* Where a fate's word ends that is as long as they get. */
static unsigned int behind_fate(const struct fold_out *f)
{
	return f->w.column + sizeof("INCOMPLETE");
}

static void put_fold_number(struct fold_out *f, const struct journey *j)
{
	size_t at;

	text_color(f->w.o, f->env, TEXT_BOLD);
	at = wrap_here(&f->w);
	outbuf_text(f->w.o, "#");
	outbuf_number(f->w.o, j->number);
	outbuf_text(f->w.o, " ");
	wrap_flow(&f->w, at);
	text_color(f->w.o, f->env, TEXT_RESET);
}

/* Where it has room in this line, unless @must. */
static bool put_when(struct fold_out *f, const struct journey *j, bool must)
{
	size_t line = wrap_here(&f->w), at;

	text_color(f->w.o, f->env, TEXT_DIM);
	at = wrap_here(&f->w);
	outbuf_text(f->w.o, "   ");
	text_time(f->w.o, j->first_ns);
	outbuf_cut(f->w.o, wrap_here(&f->w) - 1);
	if (!must && f->w.column + wrap_here(&f->w) - at > f->w.width) {
		outbuf_cut(f->w.o, line);
		return false;
	}
	wrap_unit(&f->w, at);
	text_color(f->w.o, f->env, TEXT_RESET);
	return true;
}

/*
 * "#12 DROP       10.0.0.1.41022 > 8.8.8.8.25: tcp S   in eth0   21:48:59.104211"
 * Return: false: the time has still to be told.
 */
static bool put_head(struct fold_out *f, const struct journey *j)
{
	const struct step *s = journey_first(j);
	unsigned int column;
	bool timed;

	f->w.indent = FOLD_HANG;
	put_fold_number(f, j);
	column = behind_fate(f);
	put_fate_word(f, j->fate[0].kind);
	wrap_pad(&f->w, column);
	text_color(f->w.o, f->env, TEXT_BOLD);
	put_fold_headers(f, &j->first);
	text_color(f->w.o, f->env, TEXT_RESET);
	fold_interface(f, "   in ", s->in, s->phys_in);
	put_out(f, j, 0, s->in ? " out " : "   out ");
	timed = put_when(f, j, false);
	wrap_end(&f->w);
	return timed;
}

/* A copy has a line of its own; what it did until then was the packet's. */
static void put_copy(struct fold_out *f, const struct journey *j,
		     unsigned int b)
{
	char word[32];
	unsigned int column;

	format_text(word, sizeof(word), "copy %u ", b);
	fold_line(f, word);
	column = behind_fate(f);
	put_fate_word(f, j->fate[b].kind);
	wrap_pad(&f->w, column - 1);
	put_out(f, j, b, " out ");
	wrap_end(&f->w);
}

static void put_branch(struct fold_out *f, struct fold_steps *steps,
		       unsigned int b)
{
	const struct journey *j = steps->j;
	struct grounds g;

	grounds_find(&g, j, b);
	fold_steps_choose(steps, b, &g);
	if (b)
		put_copy(f, j, b);
	fold_fate_lines(f, j, b, &g);
	text_near_fold(f, j, b, false);
	if (b == 0)
		put_known(f, j);
	fold_events(f, steps, b);
}

/* One sentence for each kind of doubt, of whatever events it is. */
static void put_doubts(struct fold_out *f, const struct journey *j)
{
	uint32_t events[TEXT_DOUBT_COUNT] = { 0 };
	char words[48];

	for (uint32_t i = 0; i < journey_kept(j); i++)
		events[j->step[i].place->doubt]++;
	for (unsigned int d = TEXT_DOUBT_NONE + 1; d < TEXT_DOUBT_COUNT; d++) {
		if (!events[d])
			continue;
		format_text(words, sizeof(words), "(doubtful, %u event%s) ",
			    events[d], events[d] == 1 ? "" : "s");
		fold_line(f, words);
		wrap_text(&f->w, text_doubt_sentence(d));
		wrap_end(&f->w);
	}
}

/* The last line: what is not told above. */
static void put_left(struct fold_out *f, const struct fold_steps *steps,
		     bool timed)
{
	uint32_t left = fold_steps_left(steps);
	char words[96];

	if (!left && !steps->j->omitted && timed)
		return;
	format_text(words, sizeof(words),
		    "(%u event%s without effect folded: --full)", left,
		    left == 1 ? "" : "s");
	text_color(f->w.o, f->env, TEXT_DIM);
	fold_line(f, left ? words : "");
	if (steps->j->omitted) {
		format_text(words, sizeof(words), "%s(%u more events not kept)",
			    left ? " " : "", steps->j->omitted);
		wrap_text(&f->w, words);
	}
	text_color(f->w.o, f->env, TEXT_RESET);
	if (!timed)
		put_when(f, steps->j, true);
	wrap_end(&f->w);
}

/* All but the head: nothing here is of the packet's own headers, unless it was translated. */
static void put_fold_story(struct fold_out *f, const struct journey *j, bool timed)
{
	struct fold_steps steps;

	fold_steps_open(&steps, j, f->words);
	for (unsigned int b = 0; b < j->branches; b++)
		put_branch(f, &steps, b);
	put_doubts(f, j);
	put_left(f, &steps, timed);
}

static void fold_journey(struct outbuf *o, const struct report_env *env,
			 const struct journey *j)
{
	struct fold_out f = {
		.w = { .o = o, .width = env->width, .column = env->lead },
		.env = env,
		.words = env->state,
	};
	struct story story = { .told = false };
	bool timed = put_head(&f, j);

	if (timed)
		story = stories_tell(env, o, j, STORY_FOLD);
	if (story.told)
		return;
	put_fold_story(&f, j, timed);
	stories_keep(env, &story, o, j, NULL);
}

static void fold_late(struct outbuf *o, const struct report_env *env,
		      const struct report_late *l)
{
	size_t at = outbuf_written(o);

	text_late(o, env, l);
	if (env->terminal)
		wrap_lines(o, at, env->width, env->lead);
}

const struct report report_fold = {
	.name = "fold",
	.open = fold_open,
	.journey = fold_journey,
	.late = fold_late,
	.forget = fold_forget,
	.close = fold_close,
};
