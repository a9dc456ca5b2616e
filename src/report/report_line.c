// SPDX-License-Identifier: GPL-2.0-or-later
/* report_line: a packet a line, its fate first: -q. */
#include "report/report_text.h"

#include <errno.h>

#include "base/columns.h"
#include "base/format.h"
#include "capture/ifnames.h"
#include "grounds/grounds.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "packet/packet_print.h"
#include "place/place.h"
#include "report/fold_fate.h"
#include "report/owner_words.h"
#include "report/place_words.h"
#include "report/text_fate.h"

/* Columns that a rule's own words may fill up to. */
enum { LINE_WIDTH = 120 };

static int line_open(struct outbuf *o, struct report_env *env)
{
	(void)o;
	env->state = place_words_cache_open();
	return env->state ? 0 : -ENOMEM;
}

static void line_close(struct report_env *env)
{
	place_words_cache_close(env->state);
	env->state = NULL;
}

static void line_forget(struct report_env *env, uint32_t id)
{
	place_words_cache_forget(env->state, id);
}

static void put_words(struct outbuf *o, const char *before, struct words words)
{
	outbuf_text(o, before);
	outbuf_bytes(o, words.at, words.len);
}

/* So that what follows is aligned: to what @text takes with blanks behind it. */
static void put_padded(struct outbuf *o, const char *text, size_t columns)
{
	size_t len = strlen(text);

	outbuf_bytes(o, text, len);
	do
		outbuf_text(o, " ");
	while (++len < columns);
}

static void put_begin(struct outbuf *o, const struct report_env *env,
		      unsigned int kind, uint64_t number)
{
	char text[32];

	text_color(o, env, text_fate_color(kind));
	put_padded(o, fate_word(kind), sizeof("INCOMPLETE"));
	text_color(o, env, TEXT_RESET);
	format_text(text, sizeof(text), "#%llu", (unsigned long long)number);
	put_padded(o, text, sizeof("#99"));
}

static void put_headers(struct outbuf *o, const struct packet *p)
{
	char *room = outbuf_room(o, TEXT_LINE);

	if (room)
		outbuf_advance(o, packet_print_brief(room, TEXT_LINE, p));
}

static void put_interface(struct outbuf *o, const struct report_env *env,
			  const char *before, uint32_t index, uint32_t port)
{
	if (!index)
		return;
	outbuf_text(o, before);
	outbuf_text(o, ifnames_get(env->names, index));
	text_port(o, env, port != index ? port : 0);
}

/* Of a verdict map the element as well: its comment may be all that names a service. */
static void put_place(struct outbuf *o, const struct report_env *env,
		      const char *words, const struct journey *j,
		      unsigned int b, const struct place *p)
{
	const struct map_verdict *map = map_verdict_of(j, b, p);

	put_words(o, words, place_words_of(env->state, p)->label);
	if (!map || !map->key)
		return;
	outbuf_text(o, ": ");
	text_element(o, map);
}

/* By which queue it is held, or by which rule it went or did not. */
static void put_by(struct outbuf *o, const struct report_env *env,
		   const struct journey *j, unsigned int b,
		   const struct grounds *g)
{
	const struct fate *f = &j->fate[b];
	const struct place *by = f->by ? f->by : g->accepted;

	if (f->kind == FATE_QUEUE)
		outbuf_printf(o, " to queue %u", place_queue(f->by, NULL));
	if (!by)
		return;
	put_place(o, env, " by ", j, b, by);
	if (by->doubt)
		outbuf_text(o, " (doubtful)");
	if (g->via)
		put_place(o, env, " via ", j, b, g->via);
	/* Who asked for the mark tells more than who set it. */
	if (g->marked_via || g->marked)
		put_words(o, " mark by ",
			  place_words_of(env->state, g->marked_via ?
					 g->marked_via : g->marked)->label);
}

static void put_reason(struct outbuf *o, const struct journey *j,
		       unsigned int b)
{
	const struct fate *f = &j->fate[b];
	char reason[REPORT_REASON];

	if (f->by && f->cause && !f->drop) {
		outbuf_text(o, "; likely: ");
		outbuf_text(o, f->cause);
	} else if (report_reason(reason, sizeof(reason), j, b)) {
		outbuf_text(o, f->by || text_fate_goes_on(f->kind) ? "; " : " ");
		outbuf_text(o, reason);
	}
	if (text_fate_bridged(j, b)) {
		outbuf_text(o, " ");
		outbuf_text(o, text_fate_bridged(j, b));
	}
}

static void put_branch(struct outbuf *o, const struct report_env *env,
		       const struct journey *j, unsigned int b,
		       const struct grounds *g)
{
	if (text_fate_goes_on(j->fate[b].kind) || j->fate[b].kind == FATE_LOST)
		put_interface(o, env, " out ", j->fate[b].out,
			      text_last_port(j, b));
	fold_fate_ends(o, j, b, g, false);
	put_by(o, env, j, b, g);
	put_reason(o, j, b);
	owner_words(o, env, j, b, g);
}

static void put_copy(struct outbuf *o, const struct report_env *env,
		     const struct journey *j, unsigned int b)
{
	struct grounds g;

	grounds_find(&g, j, b);
	outbuf_printf(o, "; copy %u ", b);
	text_color(o, env, text_fate_color(j->fate[b].kind));
	outbuf_text(o, fate_word(j->fate[b].kind));
	text_color(o, env, TEXT_RESET);
	put_branch(o, env, j, b, &g);
}

/* The rule's own words, where there is room for them: its place says which it is. */
static void put_rule(struct outbuf *o, const struct report_env *env,
		     const struct place *p, size_t column)
{
	size_t width = env->terminal && env->width > LINE_WIDTH ? env->width
								: LINE_WIDTH;
	struct words rule = place_words_of(env->state, p)->rule;

	if (rule.len && column + 2 + columns_of(rule.at, rule.len) <= width)
		put_words(o, "  ", rule);
}

/* Of the line so far; its colours are those of its first word alone. */
static size_t columns_since(struct outbuf *o, const struct report_env *env,
			    unsigned int kind, size_t begin)
{
	const char *text = outbuf_record(o, begin);
	size_t colors = !env->color ? 0 : strlen(text_fate_color(kind)) +
					  sizeof(TEXT_RESET) - 1;

	return text ? columns_of(text, outbuf_written(o) - begin) - colors : 0;
}

static void line_journey(struct outbuf *o, const struct report_env *env,
			 const struct journey *j)
{
	const struct step *s = journey_first(j);
	size_t begin = outbuf_written(o);
	const struct place *by;
	struct grounds g;

	grounds_find(&g, j, 0);
	put_begin(o, env, j->fate[0].kind, j->number);
	text_time(o, j->first_ns);
	put_headers(o, &j->first);
	put_interface(o, env, " in ", s->in, s->phys_in);
	outbuf_text(o, " =>");
	put_branch(o, env, j, 0, &g);
	for (unsigned int b = 1; b < j->branches; b++)
		put_copy(o, env, j, b);
	if (j->flags & JOURNEY_AMBIGUOUS)
		outbuf_text(o, " [not told apart from an identical packet]");
	by = j->fate[0].by ? j->fate[0].by : g.accepted;
	if (by && j->branches == 1)
		put_rule(o, env, by,
			 columns_since(o, env, j->fate[0].kind, begin));
	outbuf_text(o, "\n");
}

/* "LOST       #12 after all, 3.1 s later: kernel: ..." */
static void line_late(struct outbuf *o, const struct report_env *env,
		      const struct report_late *l)
{
	put_begin(o, env, l->fate.kind, l->number);
	text_color(o, env, text_fate_color(l->fate.kind));
	if (l->branch)
		outbuf_printf(o, "(copy %u)", l->branch);
	text_late_reason(o, env, l);
}

const struct report report_line = {
	.name = "line",
	.open = line_open,
	.journey = line_journey,
	.late = line_late,
	.forget = line_forget,
	.close = line_close,
};
