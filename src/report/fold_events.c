// SPDX-License-Identifier: GPL-2.0-or-later
/* fold_events: the lines of a folded block that tell of its events. */
#include "report/fold_events.h"

#include <stdbool.h>
#include <string.h>

#include "grounds/walk.h"
#include "journey/change.h"
#include "journey/map_verdict.h"
#include "place/place.h"
#include "report/fold_out.h"
#include "report/fold_steps.h"
#include "report/report_text.h"
#include "report/text_change.h"

enum {
	TABLE_MAX = 20,		/* columns of a table's name in front of what happened */
	WHY_LINE = FOLD_DECIDES | FOLD_CHANGES | FOLD_NOTABLE,
};

/* The lines of one branch. */
struct events {
	struct fold_out *f;
	struct fold_steps *steps;
	struct walk walk;
	unsigned int column;	/* where what happened stands, behind the table */
	unsigned int change;	/* the next one that may be told */
	bool named;		/* the table, since its pass began */
	uint16_t told[WALK_DEPTH];	/* the jumps that were told last, by steps */
	unsigned int told_count;
};

static const struct place *place_of(const struct events *e, uint32_t i)
{
	return e->steps->j->step[i].place;
}

/* Does branch @b have a line of its own for it? */
static bool has_line(const struct events *e, uint32_t i)
{
	return e->steps->why[i] & (WHY_LINE | FOLD_BESIDE) &&
	       e->steps->j->step[i].branch == e->walk.branch;
}

static void find_column(struct events *e)
{
	unsigned int most = 0;

	for (uint32_t i = 0; i < e->steps->kept; i++) {
		uint32_t len = !has_line(e, i) ? 0 :
			place_words_of(e->f->words, place_of(e, i))->table.len;

		if (len > most && len <= TABLE_MAX)
			most = len;
	}
	e->column = FOLD_INDENT + most + 2;
}

/* The table once, in front of the first line of its pass. */
static void begin_line(struct events *e, const struct place *at)
{
	struct fold_out *f = e->f;

	f->w.indent = e->column + 2;
	if (at && !e->named) {
		wrap_pad(&f->w, FOLD_INDENT);
		fold_words(f, "", place_words_of(f->words, at)->table);
		e->named = true;
	}
	wrap_pad(&f->w, e->column);
}

/* How many jumps of this way the last line has told already. */
static unsigned int known_jumps(const struct events *e)
{
	unsigned int n = 0;

	while (n < e->walk.depth && n < e->told_count &&
	       e->walk.led[n] == e->told[n])
		n++;
	return n;
}

/* One of a way: no line is broken between it and the arrow that follows. */
static void put_fold_place(struct events *e, uint32_t i, const char *before,
			   const char *arrow)
{
	const struct map_verdict *map = map_verdict_at(e->steps->j, i);
	const struct place *p = place_of(e, i);
	struct words chain = place_words_of(e->f->words, p)->chain;
	struct outbuf *o = e->f->w.o;
	size_t at = wrap_here(&e->f->w);

	outbuf_text(o, before);
	outbuf_bytes(o, chain.at, chain.len);
	if (p->doubt)
		outbuf_text(o, " (doubtful)");
	if (map && map->key) {
		outbuf_text(o, ": ");
		text_map_verdict(o, map);
	}
	outbuf_text(o, arrow);
	if (p->doubt || map)
		wrap_flow(&e->f->w, at);
	else
		wrap_known(&e->f->w, at, strlen(before) + chain.columns +
					 strlen(arrow));
	e->steps->why[i] |= FOLD_NAMED;
}

/* "FORWARD:1 > cali-FORWARD:3"; the rule that decides with all jumps, whatever was told. */
static void put_way(struct events *e, uint32_t i)
{
	unsigned int from = e->steps->why[i] & FOLD_DECIDES ? 0 :
			    known_jumps(e);

	for (unsigned int n = from; n < e->walk.depth; n++)
		put_fold_place(e, e->walk.led[n], n > from ? " " : "", " >");
	put_fold_place(e, i, from < e->walk.depth ? " " : "", "");
	memcpy(e->told, e->walk.led, e->walk.depth * sizeof(e->told[0]));
	e->told_count = e->walk.depth;
}

/* All that was made behind event @i, by its rule or not. */
static unsigned int put_fold_changes(struct events *e, uint32_t i, bool by_rule)
{
	const struct journey *j = e->steps->j;
	struct fold_out *f = e->f;
	unsigned int n = 0;

	for (unsigned int k = e->change; k < j->changes; k++) {
		const struct change *c = &j->change[k];
		size_t at;

		if (c->step > i)
			break;
		if (c->branch != e->walk.branch || !fold_tells(j, c) ||
		    (c->maker == MAKER_RULE) != by_rule)
			continue;
		if (!by_rule)
			begin_line(e, NULL);
		text_color(f->w.o, f->env, TEXT_BOLD);
		at = wrap_here(&f->w);
		outbuf_text(f->w.o, by_rule ? n ? ", " : "   " : "");
		text_change(f->w.o, f->env, j, c);
		wrap_unit(&f->w, at);
		text_color(f->w.o, f->env, TEXT_RESET);
		if (!by_rule)
			wrap_end(&f->w);
		n++;
	}
	return n;
}

/* A rule at a base chain that decides is told of above. */
static bool says_more(const struct events *e, uint32_t i)
{
	return e->steps->why[i] & (FOLD_CHANGES | FOLD_NOTABLE) ||
	       e->walk.depth;
}

static void put_event(struct events *e, uint32_t i)
{
	unsigned int why = e->steps->why[i];

	if (!(why & WHY_LINE) || !says_more(e, i))
		return;
	begin_line(e, place_of(e, i));
	put_way(e, i);
	if (!(why & FOLD_DECIDES))
		fold_rule(e->f, place_of(e, i), why & FOLD_CHANGES);
	put_fold_changes(e, i, true);
	wrap_end(&e->f->w);
}

static void skip_changes(struct events *e, uint32_t i)
{
	const struct journey *j = e->steps->j;

	while (e->change < j->changes && j->change[e->change].step <= i)
		e->change++;
}

void fold_events(struct fold_out *f, struct fold_steps *steps, unsigned int b)
{
	struct events e = { .f = f, .steps = steps };

	walk_begin(&e.walk, steps->j, b);
	find_column(&e);
	while (walk_next(&e.walk)) {
		uint32_t i = e.walk.step;

		e.named &= !e.walk.fresh;
		if (has_line(&e, i)) {
			put_event(&e, i);
			put_fold_changes(&e, i, false);
		}
		skip_changes(&e, i);
	}
}
