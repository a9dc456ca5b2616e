// SPDX-License-Identifier: GPL-2.0-or-later
/* text_near: the rules that a packet nearly met, for people. */
#include "report/text_near.h"

#include <string.h>

#include "base/escape.h"
#include "base/format.h"
#include "journey/journey.h"
#include "place/place_types.h"
#include "report/fold_out.h"
#include "report/report_text.h"

/* Of a place's line, "TRACE: filter:INPUT:rule:2  \"...\"\n". */
enum { MAGIC = sizeof("TRACE: ") - 1 };

const char *text_near_label(const struct near_misses *near,
			    const struct near_miss *n)
{
	if (near->nat)
		return "not translated by";
	return n->how == NEAR_MISS_BEHIND ? "never reached" : "near";
}

size_t text_near_lack(char buf[TEXT_NEAR], const struct near_miss *n)
{
	size_t len;

	if (n->how == NEAR_MISS_BEHIND)
		return format_text(buf, TEXT_NEAR, "it would accept such a packet, "
				   "but stands behind the rule that decided");
	len = escape_text(buf, TEXT_NEAR, n->words, strlen(n->words));
	buf[len++] = ':';
	buf[len++] = ' ';
	if (n->how == NEAR_MISS_ELIMINATED || !*n->value) {
		len += format_text(buf + len, TEXT_NEAR - len,
				   "must have failed, as all else held");
		if (!*n->value)
			return len;
		buf[len++] = ':';
		buf[len++] = ' ';
	}
	len += escape_text(buf + len, TEXT_NEAR - len, n->value,
			   strlen(n->value));
	if (n->how == NEAR_MISS_ASKED)
		len += format_text(buf + len, TEXT_NEAR - len, " now");
	return len;
}

const struct near_misses *text_near_of(const struct report_env *env,
				       const struct journey *j, unsigned int b)
{
	return env->explain ? j->fate[b].near : NULL;
}

static void put_more(struct outbuf *o, const struct report_env *env,
		     uint32_t more)
{
	text_color(o, env, TEXT_DIM);
	outbuf_printf(o, "   (and %u more rule%s, at least)\n", more,
		      more == 1 ? "" : "s");
	text_color(o, env, TEXT_RESET);
}

void text_near_block(struct outbuf *o, const struct report_env *env,
		     const struct journey *j, unsigned int b)
{
	const struct near_misses *near = text_near_of(env, j, b);
	char lack[TEXT_NEAR];

	if (!near)
		return;
	for (uint32_t i = 0; i < near->count; i++) {
		const struct near_miss *n = &near->miss[i];

		outbuf_printf(o, "   %s: ", text_near_label(near, n));
		outbuf_bytes(o, n->at->line + MAGIC, n->at->line_len - MAGIC);
		outbuf_text(o, "         ");
		outbuf_bytes(o, lack, text_near_lack(lack, n));
		outbuf_text(o, "\n");
	}
	if (near->more)
		put_more(o, env, near->more);
}

void text_near_fold(struct fold_out *f, const struct journey *j,
		    unsigned int b, bool nat)
{
	const struct near_misses *near = text_near_of(f->env, j, b);
	char lack[TEXT_NEAR], more[48], label[24];

	if (!near || near->nat != nat)
		return;
	for (uint32_t i = 0; i < near->count; i++) {
		size_t len = text_near_lack(lack, &near->miss[i]), at;

		format_text(label, sizeof(label), "%s:", text_near_label(near, &near->miss[i]));
		fold_line(f, label);
		fold_place(f, near->miss[i].at, "");
		at = wrap_here(&f->w);
		outbuf_text(f->w.o, "  ");
		outbuf_bytes(f->w.o, lack, len);
		wrap_flow(&f->w, at);
		wrap_end(&f->w);
	}
	if (!near->more)
		return;
	format_text(more, sizeof(more), "(and %u more rule%s, at least)",
		    near->more, near->more == 1 ? "" : "s");
	fold_line(f, more);
	wrap_end(&f->w);
}
