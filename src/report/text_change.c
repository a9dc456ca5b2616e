// SPDX-License-Identifier: GPL-2.0-or-later
/* text_change: what is different behind an event, and who made it so, for people. */
#include "report/text_change.h"

#include "capture/ifnames.h"
#include "journey/change.h"
#include "journey/journey.h"
#include "report/report_text.h"

/* An interface that was not known before is only named. */
static bool is_known(const struct change *c, const struct change_value *v)
{
	return v->number || (c->field != FIELD_OUT && c->field != FIELD_IN);
}

bool text_change_has_way(const struct report_env *env, const struct journey *j,
			 unsigned int change)
{
	return j->way.text && j->way.change == change &&
	       (env->verbose || j->way.shown);
}

void text_first_way(struct outbuf *o, const struct report_env *env,
		    const struct journey *j)
{
	outbuf_printf(o, "(routing) out %s, ",
		      ifnames_get(env->names, journey_first(j)->out));
	outbuf_text(o, j->way.text);
}

/* Of the event that shows it. */
static uint32_t port_behind(const struct journey *j, const struct change *c)
{
	uint32_t i = c->step + 1u;

	while (i < journey_kept(j) && j->step[i].branch != c->branch)
		i++;
	if (i == journey_kept(j) || c->field != FIELD_OUT)
		return 0;
	return j->step[i].phys_out;
}

void text_change(struct outbuf *o, const struct report_env *env,
		 const struct journey *j, const struct change *c)
{
	if (c->maker != MAKER_RULE) {
		outbuf_text(o, "(");
		outbuf_text(o, change_maker_word(c->maker));
		outbuf_text(o, ") ");
	}
	outbuf_text(o, change_field_word(c->field));
	outbuf_text(o, " ");
	if (is_known(c, &c->from)) {
		text_value(o, env, j, c, &c->from);
		outbuf_text(o, " -> ");
	}
	text_value(o, env, j, c, &c->to);
	text_port(o, env, port_behind(j, c));
	if (text_change_has_way(env, j, (unsigned int)(c - j->change))) {
		outbuf_text(o, ", ");
		outbuf_text(o, j->way.text);
	}
}
