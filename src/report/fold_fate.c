// SPDX-License-Identifier: GPL-2.0-or-later
/* fold_fate: what became of a packet, by which rule, and as whom it went on. */
#include "report/fold_fate.h"

#include <string.h>

#include "base/format.h"
#include "grounds/grounds.h"
#include "journey/change.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "packet/print_ends.h"
#include "place/place_says.h"
#include "report/fold_out.h"
#include "report/owner_words.h"
#include "report/report_text.h"
#include "report/text_fate.h"
#include "report/text_grounds.h"
#include "report/text_logged.h"
#include "report/text_near.h"

/*
 * Whose the rule is that decided; or, by @g, that let it pass: that is no reason for
 * a line more.
 */
static void put_fold_owner(struct fold_out *f, const struct journey *j,
			   unsigned int b, const struct grounds *g)
{
	size_t at = wrap_here(&f->w);

	if (!owner_words(f->w.o, f->env, j, b, g))
		return;
	if (g && f->w.column + wrap_here(&f->w) - at > f->w.width)
		outbuf_cut(f->w.o, at);
	else
		wrap_unit(&f->w, at);
}

static void put_fold_by(struct fold_out *f, const struct journey *j, unsigned int b)
{
	const struct fate *fate = &j->fate[b];
	char queue[32], number[PLACE_QUEUE_TEXT];

	if (fate->kind == FATE_QUEUE) {
		format_text(queue, sizeof(queue), "to queue %s, by",
			    place_queue_text(fate->by, number));
		fold_line(f, queue);
	} else {
		fold_line(f, "by");
	}
	fold_place(f, fate->by, TEXT_BOLD);
	fold_rule(f, fate->by, false);
	fold_map(f, ": ", map_verdict_of(j, b, fate->by));
	put_fold_owner(f, j, b, NULL);
	wrap_end(&f->w);
}

static void put_fold_reason(struct fold_out *f, const struct journey *j,
			    unsigned int b)
{
	const struct fate *fate = &j->fate[b];
	char reason[REPORT_REASON];
	const char *text = reason;

	if (fate->by && fate->cause && !fate->drop) {
		fold_line(f, "likely: ");
		text = fate->cause;
	} else if (report_reason(reason, sizeof(reason), j, b)) {
		fold_line(f, "");
	} else {
		return;
	}
	text_color(f->w.o, f->env, fate->by ? "" : text_fate_color(fate->kind));
	wrap_text(&f->w, text);
	text_color(f->w.o, f->env, fate->by ? "" : TEXT_RESET);
	wrap_end(&f->w);
}

static void put_fold_end(struct outbuf *o, const struct packet *p,
			 const uint8_t *addr, int port)
{
	char *room = addr ? outbuf_room(o, TEXT_LINE) : NULL;

	if (room)
		outbuf_advance(o, packet_print_addr(room, TEXT_LINE, p, addr,
						    port));
}

/* " as 192.0.2.10.53632 > 10.244.1.5.8080" */
static void put_ends(struct outbuf *o, const struct journey *j,
		     const struct grounds *g)
{
	struct text_ends e;

	if (j->first.layer == PACKET_NOTHING)
		return;
	text_last_ends(&e, j, g);
	outbuf_text(o, " as ");
	put_fold_end(o, &j->first, e.src, e.sport);
	outbuf_text(o, " > ");
	put_fold_end(o, &j->first, e.dst, e.dport);
}

/* "DNAT by nat:KUBE-SEP-7:2" */
static void put_fold_nat(struct fold_out *f, const struct grounds_nat *n,
			 const char *before, const char *behind)
{
	size_t at = wrap_here(&f->w);
	const struct place_words *s;

	outbuf_text(f->w.o, before);
	if (n->by) {
		s = place_words_of(f->words, n->by);
		outbuf_text(f->w.o, *s->nat ? s->nat :
			    change_field_word(n->change->field));
		outbuf_text(f->w.o, " by ");
		outbuf_bytes(f->w.o, s->label.at, s->label.len);
	} else {
		outbuf_text(f->w.o, change_field_word(n->change->field));
		outbuf_text(f->w.o, " by ");
		outbuf_text(f->w.o, change_maker_word(n->change->maker));
	}
	outbuf_text(f->w.o, behind);
	wrap_unit(&f->w, at);
}

static void put_as(struct fold_out *f, const struct journey *j, unsigned int b,
		   const struct grounds *g)
{
	struct outbuf *o = f->w.o;
	size_t at;

	if (!g->nats || g->unseen || !text_fate_goes_on(j->fate[b].kind))
		return;
	f->w.indent = FOLD_HANG + f->lead;
	wrap_pad(&f->w, FOLD_INDENT + f->lead - 1);
	text_color(o, f->env, TEXT_BOLD);
	at = wrap_here(&f->w);
	put_ends(o, j, g);
	wrap_unit(&f->w, at);
	text_color(o, f->env, TEXT_RESET);
	for (unsigned int i = 0; i < g->nats; i++)
		put_fold_nat(f, &g->nat[i], i ? " " : " (",
			     i + 1 < g->nats ? "," : ")");
	wrap_end(&f->w);
}

/* "accepted by filter:FORWARD:3  -p tcp -j ACCEPT"; @g: and whose that is */
static void put_ground(struct fold_out *f, const char *word,
		       const struct journey *j, unsigned int b,
		       const struct place *p, const struct grounds *g)
{
	if (!p)
		return;
	fold_line(f, word);
	fold_place(f, p, TEXT_BOLD);
	fold_rule(f, p, false);
	fold_map(f, ": ", map_verdict_of(j, b, p));
	if (g)
		put_fold_owner(f, j, b, g);
	wrap_end(&f->w);
}

/* What it asks for stands with the change below; where it asks nothing, so does it. */
static void put_marked(struct fold_out *f, const struct place *p)
{
	if (!p || !(p->condition || place_words_of(f->words, p)->comment.len))
		return;
	fold_line(f, "mark set by");
	fold_place(f, p, TEXT_BOLD);
	fold_comment(f, p);
	wrap_end(&f->w);
}

static void put_remark(struct fold_out *f, const char *text)
{
	fold_line(f, text);
	wrap_end(&f->w);
}

void fold_fate_lines(struct fold_out *f, const struct journey *j,
		     unsigned int b, const struct grounds *g)
{
	char logged[REPORT_REASON];

	if (j->fate[b].by)
		put_fold_by(f, j, b);
	put_fold_reason(f, j, b);
	put_as(f, j, b, g);
	if (text_fate_goes_on(j->fate[b].kind))
		put_ground(f, "translated (to what was not seen) by", j, b,
			   g->unseen, NULL);
	text_near_fold(f, j, b, true);
	put_ground(f, "accepted by", j, b, g->accepted,
		   j->fate[b].by ? NULL : g);
	put_ground(f, "via", j, b, g->via, NULL);
	put_marked(f, g->marked);
	/* Of what went on the way below shows it. */
	if (j->fate[b].by)
		put_ground(f, "mark set via", j, b, g->marked_via, NULL);
	if (text_fate_bridged(j, b))
		put_remark(f, text_fate_bridged(j, b));
	if (text_logged(logged, sizeof(logged), j, b))
		put_remark(f, logged);
	if (j->flags & JOURNEY_AMBIGUOUS)
		put_remark(f, "(not told apart from an identical packet)");
}
