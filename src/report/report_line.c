// SPDX-License-Identifier: GPL-2.0-or-later
/* report_line: a packet a line, its fate first: -q. */
#include "report/report_text.h"

#include <errno.h>
#include <string.h>

#include "base/format.h"
#include "grounds/grounds.h"
#include "journey/journey.h"
#include "packet/packet_print.h"
#include "report/line_branch.h"
#include "report/line_fit.h"
#include "report/place_words.h"
#include "report/stories.h"
#include "report/text_fate.h"
#include "report/wrap.h"

/* Columns that a line may take, unless a terminal has more; and of them its fate. */
enum { LINE_WIDTH = 120, FATE_WIDTH = sizeof("INCOMPLETE") };

/* put_fate() makes the first three parts. */
enum { BEHIND_FATE = 3 };

/* Each fate's word with blanks behind it, one at least, so that what follows is aligned. */
static char aligned_fates[FATE_COUNT][FATE_WIDTH];

static void align_fates(void)
{
	memset(aligned_fates, ' ', sizeof(aligned_fates));
	for (unsigned int kind = 0; kind < FATE_COUNT; kind++)
		memcpy(aligned_fates[kind], fate_word(kind),
		       strnlen(fate_word(kind), FATE_WIDTH - 1));
}

static int line_open(struct outbuf *o, struct report_env *env)
{
	(void)o;
	align_fates();
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

static void put_number(struct outbuf *o, uint64_t number)
{
	static const char blanks[] = "  ";
	char *text = outbuf_room(o, 1 + FORMAT_DECIMAL + sizeof("#99")), *end;

	if (!text)
		return;
	*text = '#';
	end = format_decimal(text + 1, number);
	/* One at least, and as many as "#1" lacks. */
	memcpy(end, blanks, sizeof(blanks) - 1);
	end = end < text + sizeof("#9") ? text + sizeof("#99") : end + 1;
	outbuf_advance(o, (size_t)(end - text));
}

static void put_fate(struct line *l, const struct report_env *env,
		     unsigned int kind, bool aligned)
{
	if (!l->whole) {
		line_part(l, LINE_COLOR);
		text_color(l->o, env, text_fate_color(kind));
	}
	line_part(l, LINE_FIXED);
	if (aligned)
		outbuf_bytes(l->o, aligned_fates[kind], FATE_WIDTH);
	else
		outbuf_text(l->o, fate_word(kind));
	if (l->whole)
		return;
	line_part(l, LINE_COLOR);
	text_color(l->o, env, TEXT_RESET);
	line_part(l, LINE_FIXED);
}

/* "10.0.0.1.53 > 10.0.0.2.80: UDP, ...": each part gives way for itself. */
static void put_headers(struct line *l, const struct packet *p)
{
	static const char arrow[] = " > ";
	char *text = outbuf_room(l->o, TEXT_LINE), *dst, *words, *more;
	size_t len, src, behind;

	if (!text)
		return;
	len = packet_print_brief(text, TEXT_LINE, p);
	if (l->whole) {
		outbuf_advance(l->o, len);
		return;
	}
	dst = memmem(text, len, arrow, strlen(arrow));
	words = dst ? memmem(dst, len - (size_t)(dst - text), ": ", 2) : NULL;
	if (!words) {
		line_take(l, LINE_WORDS, len);
		return;
	}
	src = (size_t)(dst - text);
	line_take(l, LINE_SRC, src);
	line_take(l, LINE_FIXED, strlen(arrow));
	line_take(l, LINE_DST, (size_t)(words - dst) - strlen(arrow));
	behind = len - (size_t)(words - text);
	more = memchr(words, ',', behind);
	line_take(l, LINE_PROTO, more ? (size_t)(more - words) : behind);
	line_take(l, LINE_WORDS, more ? len - (size_t)(more - text) : 0);
}

static void put_copies(struct line *l, const struct report_env *env,
		       const struct journey *j)
{
	struct grounds g;

	for (unsigned int b = 1; b < j->branches; b++) {
		grounds_find(&g, j, b);
		line_part(l, LINE_FIXED);
		outbuf_printf(l->o, "; copy %u ", b);
		put_fate(l, env, j->fate[b].kind, false);
		line_branch(l, env, j, b, &g);
	}
}

/* All that is behind its fate's word.  Return: who decided, or let it pass. */
static const struct place *put_itself(struct line *l,
				      const struct report_env *env,
				      const struct journey *j)
{
	struct story story = { .told = false };
	const struct place *by;
	struct grounds g;

	/* Where parts give way they have to be known. */
	if (l->whole)
		story = stories_tell(env, l->o, j, STORY_LINE);
	if (story.told)
		return story.by;
	grounds_find(&g, j, 0);
	by = j->fate[0].by ? j->fate[0].by : g.accepted;
	line_branch(l, env, j, 0, &g);
	stories_keep(env, &story, l->o, j, by);
	return by;
}

static const struct place *put_packet(struct line *l,
				      const struct report_env *env,
				      const struct journey *j)
{
	const struct step *s = journey_first(j);
	const struct place *by;

	put_fate(l, env, j->fate[0].kind, true);
	put_number(l->o, j->number);
	if (!env->measured)
		text_time(l->o, j->first_ns);
	put_headers(l, &j->first);
	line_interface(l, env, LINE_IN, s->in, s->phys_in);
	line_part(l, LINE_FIXED);
	if (!env->measured)
		outbuf_text(l->o, " =>");
	by = put_itself(l, env, j);
	put_copies(l, env, j);
	line_part(l, LINE_FIXED);
	if (j->flags & JOURNEY_AMBIGUOUS)
		outbuf_text(l->o, " [not told apart from an identical packet]");
	return by;
}

/* Where a line goes on in the next one, two of these. */
static size_t line_width(const struct report_env *env)
{
	/* Less what is lost where words are not broken. */
	size_t two = 2 * (size_t)env->width - 3 * FATE_WIDTH;

	if (!env->measured)
		return LINE_WIDTH;
	if (env->width >= LINE_WIDTH)
		return env->width;
	return two > LINE_WIDTH ? two : LINE_WIDTH;
}

/* What can be left out does not make a line longer than the terminal is wide. */
static bool has_room(const struct line *l, const struct report_env *env,
		     size_t columns)
{
	/* No character takes more columns than bytes. */
	if (l->whole && outbuf_written(l->o) - l->at[0] + columns <= LINE_WIDTH)
		return true;
	return line_columns(l) + columns <=
	       (env->measured ? env->width : LINE_WIDTH);
}

/* The rule's own words, where there is room for them: its place says which it is. */
static void put_rule(struct line *l, const struct report_env *env,
		     const struct place *p)
{
	struct words rule = place_words_of(env->state, p)->rule;

	if (!rule.len || !has_room(l, env, 2 + rule.columns))
		return;
	line_part(l, LINE_FIXED);
	outbuf_text(l->o, "  ");
	outbuf_bytes(l->o, rule.at, rule.len);
}

/* What a person needs least stands last, as in a block's head. */
static void put_time(struct line *l, const struct report_env *env, uint64_t ns)
{
	size_t at = outbuf_written(l->o);

	line_part(l, LINE_COLOR);
	text_color(l->o, env, TEXT_DIM);
	line_part(l, LINE_FIXED);
	outbuf_text(l->o, "   ");
	text_time(l->o, ns);
	outbuf_cut(l->o, outbuf_written(l->o) - 1);
	line_part(l, LINE_COLOR);
	text_color(l->o, env, TEXT_RESET);
	if (!has_room(l, env, 0))
		outbuf_cut(l->o, at);
}

/* On a terminal that is narrower still nothing stands below a fate but fates. */
static bool is_wrapped(const struct line *l, const struct report_env *env)
{
	return env->measured && env->width < LINE_WIDTH &&
	       env->width > 3 * FATE_WIDTH && !has_room(l, env, 0);
}

static struct wrap wrap_of(const struct line *l, const struct report_env *env)
{
	return (struct wrap){ .o = l->o, .width = env->width,
			      .indent = FATE_WIDTH, .column = FATE_WIDTH };
}

static void wrap_line(struct line *l, const struct report_env *env)
{
	struct wrap w = wrap_of(l, env);

	if (is_wrapped(l, env))
		wrap_flow(&w, l->at[BEHIND_FATE]);
}

/* Two lines, of which the first may end early.  Return: something gave way. */
static bool fit_line(struct line *l, const struct report_env *env)
{
	enum { LESS = 4 };
	const struct wrap w = wrap_of(l, env);
	size_t width = line_width(env);
	bool full = line_fit(l, width);

	while (is_wrapped(l, env) && width > env->width &&
	       wrap_rows(&w, l->at[BEHIND_FATE]) > 2) {
		width -= LESS;
		full |= line_fit(l, width);
	}
	return full;
}

static void line_journey(struct outbuf *o, const struct report_env *env,
			 const struct journey *j)
{
	const struct place *by;
	bool full = false;
	struct line l;

	line_begin(&l, o, !env->measured && !env->color);
	by = put_packet(&l, env, j);
	/* Who reads a file looks for names, and can cut by himself. */
	if (env->measured)
		full = fit_line(&l, env);
	if (by && j->branches == 1 && !full)
		put_rule(&l, env, by);
	if (env->measured)
		put_time(&l, env, j->first_ns);
	wrap_line(&l, env);
	outbuf_text(o, "\n");
}

/* "LOST       #12 after all, 3.1 s later: kernel: ..." */
static void line_late(struct outbuf *o, const struct report_env *env,
		      const struct report_late *l)
{
	size_t at = outbuf_written(o);
	struct line line;

	line_begin(&line, o, false);
	put_fate(&line, env, l->fate.kind, true);
	put_number(o, l->number);
	text_color(o, env, text_fate_color(l->fate.kind));
	if (l->branch)
		outbuf_printf(o, "(copy %u)", l->branch);
	text_late_reason(o, env, l);
	if (env->terminal)
		wrap_lines(o, at, env->width, env->lead);
}

const struct report report_line = {
	.name = "line",
	.open = line_open,
	.journey = line_journey,
	.late = line_late,
	.forget = line_forget,
	.close = line_close,
};
