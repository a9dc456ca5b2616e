// SPDX-License-Identifier: GPL-2.0-or-later
/* fold_out: a folded block under construction: its lines, and what they are made of. */
#include "report/fold_out.h"

#include <string.h>

#include "capture/ifnames.h"
#include "journey/map_verdict.h"
#include "place/place.h"
#include "report/report_text.h"

void fold_line(struct fold_out *f, const char *word)
{
	f->w.indent = FOLD_HANG + f->lead;
	wrap_pad(&f->w, FOLD_INDENT + f->lead);
	wrap_text(&f->w, word);
}

void fold_words(struct fold_out *f, const char *before, struct words words)
{
	size_t at = wrap_here(&f->w);

	if (!words.len)
		return;
	outbuf_text(f->w.o, before);
	outbuf_bytes(f->w.o, words.at, words.len);
	wrap_known(&f->w, at, strlen(before) + words.columns);
}

/* What a person wrote is read in one piece. */
static void put_whole(struct fold_out *f, const char *before,
		      struct words words)
{
	size_t at = wrap_here(&f->w);

	if (!words.len)
		return;
	outbuf_text(f->w.o, before);
	outbuf_bytes(f->w.o, words.at, words.len);
	wrap_unit(&f->w, at);
}

void fold_place(struct fold_out *f, const struct place *p, const char *code)
{
	text_color(f->w.o, f->env, code);
	fold_words(f, " ", place_words_of(f->words, p)->label);
	text_color(f->w.o, f->env, TEXT_RESET);
	if (p->doubt)
		wrap_text(&f->w, " (doubtful)");
}

void fold_rule(struct fold_out *f, const struct place *p, bool brief)
{
	const struct place_words *s = place_words_of(f->words, p);

	fold_words(f, "  ", brief ? s->brief : s->rule);
	put_whole(f, "  ", s->comment);
}

void fold_comment(struct fold_out *f, const struct place *p)
{
	put_whole(f, "  ", place_words_of(f->words, p)->comment);
}

void fold_map(struct fold_out *f, const char *before,
	      const struct map_verdict *v)
{
	size_t at = wrap_here(&f->w);

	if (!v || !v->key)
		return;
	outbuf_text(f->w.o, before);
	text_map_verdict(f->w.o, v);
	wrap_flow(&f->w, at);
}

void fold_interface(struct fold_out *f, const char *before, uint32_t index,
		    uint32_t port)
{
	size_t at = wrap_here(&f->w);

	if (!index)
		return;
	outbuf_text(f->w.o, before);
	outbuf_text(f->w.o, ifnames_get(f->env->names, index));
	text_port(f->w.o, f->env, port != index ? port : 0);
	wrap_unit(&f->w, at);
}
