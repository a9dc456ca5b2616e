// SPDX-License-Identifier: GPL-2.0-or-later
/* record_event: the word of a record for one event; the writing. */
#include "record/record_event.h"

#include "base/format.h"
#include "base/outbuf.h"
#include "capture/ifnames.h"
#include "journey/step.h"
#include "place/place.h"
#include "place/text_doubt.h"
#include "record/record_put.h"
#include "report/report.h"

/* Room for its fields, all of bounded length. */
enum { EVENT_WORD = 1024 };

char *record_put_interface(char *p, char letter, const struct report_env *env,
			   uint32_t index)
{
	*p++ = ',';
	*p++ = letter;
	return record_put_name(p, ifnames_raw(env->names, index));
}

/* Only where escaping has made the line for people another text. */
static void put_raw(struct outbuf *o, const struct place *at)
{
	size_t plain = at->prefix_len + 1 + (at->rule_len ? at->rule_len + 4 : 0);
	char *room, *p;

	if (at->line_len == plain)
		return;
	p = room = outbuf_room(o, 2 * (at->prefix_len + at->rule_len) + 3);
	if (!room)
		return;
	p = record_put_word(p, ",x");
	p = format_bytes(p, at->prefix, at->prefix_len);
	*p++ = ':';
	p = format_bytes(p, at->rule, at->rule_len);
	outbuf_advance(o, (size_t)(p - room));
}

/* What a rule of nft's line does not say of it. */
static char *put_nft_id(char *p, const struct place *at)
{
	if (at->counted) {
		p = record_put_word(p, ",h");
		return format_decimal(p, at->handle);
	}
	if (!at->position)
		return p;
	p = record_put_word(p, ",n");
	return format_decimal(p, at->position);
}

void record_put_step(struct outbuf *o, const struct report_env *env,
		     const struct step *s, const struct step *before)
{
	char *room = outbuf_room(o, EVENT_WORD), *p = room;

	if (!room)
		return;
	*p++ = ' ';
	*p++ = 'e';
	if (s->mark != before->mark) {
		*p++ = ',';
		*p++ = 'm';
		p = format_hex(p, s->mark);
	}
	if (s->in != before->in)
		p = record_put_interface(p, 'i', env, s->in);
	if (s->out != before->out)
		p = record_put_interface(p, 'o', env, s->out);
	if (s->phys_in != before->phys_in)
		p = record_put_interface(p, 'p', env, s->phys_in);
	if (s->phys_out != before->phys_out)
		p = record_put_interface(p, 'q', env, s->phys_out);
	if (s->branch != before->branch) {
		*p++ = ',';
		*p++ = 'b';
		p = format_decimal(p, s->branch);
	}
	if (s->one_backend)
		p = record_put_word(p, ",a");
	if (s->place->own_before) {
		*p++ = ',';
		*p++ = 'w';
		p = format_decimal(p, s->place->own_before);
	}
	if (s->place->queue) {
		p = record_put_word(p, ",k");
		p = format_decimal(p, s->place->queue);
	}
	p = put_nft_id(p, s->place);
	if (s->place->doubt) {
		p = record_put_word(p, ",d");
		p = record_put_word(p, text_doubt_word(s->place->doubt));
	}
	outbuf_advance(o, (size_t)(p - room));
	put_raw(o, s->place);
}
