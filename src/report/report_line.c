// SPDX-License-Identifier: GPL-2.0-or-later
/* report_line: a packet a line, -q. */
#include "report/report_text.h"

#include "base/escape.h"
#include "journey/change.h"
#include "journey/journey.h"
#include "place/place.h"
#include "report/text_fate.h"

/* Another address or port, and by which rule or whom else. */
static void put_new_end(struct outbuf *o, const struct report_env *env,
			const struct journey *j, const struct change *c)
{
	const struct place *by = j->step[c->step].place;
	char *room;

	outbuf_text(o, "; ");
	outbuf_text(o, change_field_word(c->field));
	outbuf_text(o, " ");
	text_value(o, env, j, c, &c->from);
	outbuf_text(o, " -> ");
	text_value(o, env, j, c, &c->to);
	outbuf_text(o, " by ");
	if (c->maker != MAKER_RULE) {
		outbuf_text(o, change_maker_word(c->maker));
		return;
	}
	room = outbuf_room(o, TEXT_LINE);
	if (room)
		outbuf_advance(o, escape_text(room, TEXT_LINE,
					      by->prefix + TEXT_HEAD,
					      by->prefix_len - TEXT_HEAD));
}

/* Of what went on: as whom, and to whom. */
static void put_new_ends(struct outbuf *o, const struct report_env *env,
			 const struct journey *j, unsigned int b)
{
	static const bool goes_on[FATE_COUNT] = {
		[FATE_DELIVERED] = true, [FATE_FORWARDED] = true,
		[FATE_SENT] = true,
	};

	if (!goes_on[j->fate[b].kind])
		return;
	for (unsigned int i = 0; i < j->changes; i++) {
		const struct change *c = &j->change[i];

		if ((c->field == FIELD_SRC || c->field == FIELD_DST) &&
		    c->step < journey_kept(j) && j->step[c->step].branch == b)
			put_new_end(o, env, j, c);
	}
}

static void line_journey(struct outbuf *o, const struct report_env *env,
			 const struct journey *j)
{
	text_head(o, env, j);
	for (unsigned int b = 0; b < j->branches; b++) {
		outbuf_text(o, " ");
		text_fate(o, env, j, b);
		put_new_ends(o, env, j, b);
	}
	outbuf_text(o, "\n");
}

const struct report report_line = {
	.name = "line",
	.journey = line_journey,
	.late = text_late,
};
