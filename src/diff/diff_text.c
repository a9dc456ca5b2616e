// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_text: --diff for people: pairs that part, the rest in counts; -q: a line a pair. */
#include "diff/diff_form.h"

#include <string.h>

#include "base/strbuf.h"
#include "capture/ifnames.h"
#include "diff/changed.h"
#include "diff/pair.h"
#include "diff/shown.h"
#include "diff/words.h"
#include "grounds/grounds.h"
#include "journey/journey.h"
#include "packet/packet_print.h"
#include "place/place_types.h"
#include "report/fold_fate.h"
#include "report/fold_out.h"
#include "report/place_words.h"
#include "report/report_text.h"
#include "report/text_fate.h"
#include "rules/base/units.h"

enum { SIDE = 3 };	/* columns of "A  " */

static const char letter[PAIR_SIDES] = { 'A', 'B' };

static void put_fate_word(struct outbuf *o, const struct report_env *env,
			  const struct journey *j)
{
	text_color(o, env, text_fate_color(j->fate[0].kind));
	outbuf_text(o, fate_word(j->fate[0].kind));
	text_color(o, env, TEXT_RESET);
}

static void put_headers(struct outbuf *o, const struct journey *j)
{
	char *room = outbuf_room(o, TEXT_LINE);

	if (room)
		outbuf_advance(o, packet_print_brief(room, TEXT_LINE,
						     &j->first));
}

/* "#1 | #3  FORWARDED | DROP  10.1.0.2.40000 > 10.2.0.2.443: tcp S" */
static void put_head(struct outbuf *o, const struct shown *s)
{
	text_color(o, &s->env[0], TEXT_BOLD);
	outbuf_printf(o, "#%llu | #%llu",
		      (unsigned long long)s->j[0]->number,
		      (unsigned long long)s->j[1]->number);
	text_color(o, &s->env[0], TEXT_RESET);
	outbuf_text(o, "  ");
	put_fate_word(o, &s->env[0], s->j[0]);
	if (s->j[0]->fate[0].kind != s->j[1]->fate[0].kind) {
		outbuf_text(o, " | ");
		put_fate_word(o, &s->env[1], s->j[1]);
	}
	outbuf_text(o, "  ");
	put_headers(o, s->j[0]);
	if (s->rung > PAIR_CLIENT_PORT) {
		outbuf_text(o, " | ");
		put_headers(o, s->j[1]);
		outbuf_printf(o, "  (%s)", pair_rung_text(s->rung));
	}
}

static void put_sentence(struct outbuf *o, const struct shown *s,
			 void (*words)(struct strbuf *to, const struct shown *s),
			 const char *label, const char *color)
{
	static char text[DIFF_SENTENCE];
	struct strbuf line = { text, sizeof(text), 0 };

	text[0] = '\0';
	words(&line, s);
	if (!line.len)
		return;
	outbuf_text(o, "   ");
	outbuf_text(o, label);
	text_color(o, &s->env[0], color);
	outbuf_bytes(o, text, line.len);
	text_color(o, &s->env[0], TEXT_RESET);
	outbuf_text(o, "\n");
}

/* What both have in front of it, in one line. */
static void put_common(struct outbuf *o, const struct shown *s)
{
	uint32_t n = s->p->before;

	text_color(o, &s->env[0], TEXT_DIM);
	if (s->p->passed)
		outbuf_printf(o, "   (%u event%s the same, and in %u place%s "
			      "others without effect)", n, n == 1 ? "" : "s",
			      s->p->passed, s->p->passed == 1 ? "" : "s");
	else
		outbuf_printf(o, "   (%u event%s the same)", n,
			      n == 1 ? "" : "s");
	text_color(o, &s->env[0], TEXT_RESET);
	outbuf_text(o, "\n");
}

static void put_side(struct outbuf *o, const struct shown *s, unsigned int i)
{
	if (s->p->how == PARTING_NOWHERE)
		return;
	outbuf_printf(o, "   %c  ", letter[i]);
	if (s->next[i])
		text_place(o, s->next[i]);
	else
		outbuf_text(o, "no further event");
	outbuf_text(o, "\n");
}

/* As a folded block has it: whole rules stand above, where the ways part. */
static void fold_fate(struct outbuf *o, const struct shown *s, unsigned int i,
		      struct place_words_cache *words)
{
	const struct report_env *env = &s->env[i];
	struct fold_out f = {
		.w = { .o = o, .width = env->width }, .lead = SIDE,
		.env = env, .words = words,
	};
	struct grounds g;

	put_fate_word(o, env, s->j[i]);
	if (text_fate_goes_on(s->j[i]->fate[0].kind) && s->j[i]->fate[0].out)
		outbuf_printf(o, " out %s", ifnames_get(env->names, s->j[i]->fate[0].out));
	outbuf_text(o, "\n");
	grounds_find(&g, s->j[i], 0);
	fold_fate_lines(&f, s->j[i], 0, &g);
}

static void put_fate(struct outbuf *o, const struct shown *s, unsigned int i)
{
	struct place_words_cache *words = NULL;

	/* Whole rules are for a file. */
	if (s->env[i].terminal)
		words = place_words_cache_open();
	outbuf_printf(o, "   %c  ", letter[i]);
	if (words) {
		fold_fate(o, s, i, words);
		place_words_cache_close(words);
		return;
	}
	text_fate(o, &s->env[i], s->j[i], 0);
	outbuf_text(o, "\n");
}

static void text_pair(struct outbuf *o, const struct shown *s, uint64_t alike)
{
	put_head(o, s);
	outbuf_text(o, "\n");
	put_sentence(o, s, words_parting, "", TEXT_BOLD);
	if (s->p->how != PARTING_NOWHERE)
		put_sentence(o, s, words_facts, "besides: ", "");
	put_common(o, s);
	for (unsigned int i = 0; i < PAIR_SIDES; i++)
		put_side(o, s, i);
	for (unsigned int i = 0; i < PAIR_SIDES; i++)
		put_fate(o, s, i);
	if (alike)
		outbuf_printf(o, "   (%llu more pair%s part%s at the same "
			      "place)\n", (unsigned long long)alike,
			      alike == 1 ? "" : "s", alike == 1 ? "s" : "");
}

static void text_only(struct outbuf *o, const struct report_env *env,
		      const struct journey *j, unsigned int side,
		      uint64_t before, uint64_t all)
{
	if (!before)
		outbuf_printf(o, "only in %c: %llu packet%s\n", letter[side],
			      (unsigned long long)all, all == 1 ? "" : "s");
	outbuf_printf(o, "   #%llu ", (unsigned long long)j->number);
	put_fate_word(o, env, j);
	outbuf_text(o, "  ");
	put_headers(o, j);
	outbuf_text(o, "\n");
	if (before + 1 < all && before + 1 == 10)
		outbuf_printf(o, "   (and %llu more)\n",
			      (unsigned long long)(all - 10));
}

static void text_rule(struct outbuf *o, const struct report_env *env,
		      const struct changed_rule *r)
{
	(void)env;
	outbuf_text(o, r->how == CHANGED_TEXT ? "another rule:\n"
					      : "the same rule elsewhere:\n");
	for (unsigned int i = 0; i < PAIR_SIDES; i++) {
		outbuf_printf(o, "   %c  ", letter[i]);
		text_place(o, r->at[i]);
		outbuf_text(o, "\n");
	}
}

static void put_more(struct outbuf *o, const struct diff_counts *n)
{
	for (unsigned int i = 0; i < PAIR_SIDES; i++)
		if (n->more[i])
			outbuf_printf(o, "not all packets of %c were compared: "
				      "there are too many\n", letter[i]);
	if (n->cut)
		outbuf_text(o, "not all rules were compared: there are too many\n");
}

static void text_end(struct outbuf *o, const struct report_env *env,
		     const struct diff_counts *n)
{
	(void)env;
	put_more(o, n);
	if (!n->same)
		return;
	outbuf_printf(o, "the same way: %llu pair%s of packets\n",
		      (unsigned long long)n->same, n->same == 1 ? "" : "s");
}

const struct diff_form diff_form_text = {
	.pair = text_pair,
	.only = text_only,
	.rule = text_rule,
	.end = text_end,
};

static void line_pair(struct outbuf *o, const struct shown *s, uint64_t alike)
{
	static char text[DIFF_SENTENCE];
	struct strbuf line = { text, sizeof(text), 0 };

	(void)alike;
	outbuf_text(o, s->p->same ? "SAME     " : "DIFFERS  ");
	put_head(o, s);
	text[0] = '\0';
	if (!s->p->same)
		words_parting(&line, s);
	if (line.len) {
		outbuf_text(o, "  ");
		outbuf_bytes(o, text, line.len);
	}
	outbuf_text(o, "\n");
}

static void line_only(struct outbuf *o, const struct report_env *env,
		      const struct journey *j, unsigned int side,
		      uint64_t before, uint64_t all)
{
	(void)before, (void)all;
	outbuf_printf(o, "ONLY %c   #%llu  ", letter[side],
		      (unsigned long long)j->number);
	put_fate_word(o, env, j);
	outbuf_text(o, "  ");
	put_headers(o, j);
	outbuf_text(o, "\n");
}

static void line_rule(struct outbuf *o, const struct report_env *env,
		      const struct changed_rule *r)
{
	(void)env;
	outbuf_text(o, r->how == CHANGED_TEXT ? "RULE     A " : "MOVED    A ");
	text_place(o, r->at[0]);
	outbuf_text(o, " | B ");
	text_place(o, r->at[1]);
	outbuf_text(o, "\n");
}

static void line_end(struct outbuf *o, const struct report_env *env,
		     const struct diff_counts *n)
{
	(void)env;
	put_more(o, n);
}

const struct diff_form diff_form_line = {
	.every = true,
	.pair = line_pair,
	.only = line_only,
	.rule = line_rule,
	.end = line_end,
};
