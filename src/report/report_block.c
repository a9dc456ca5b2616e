// SPDX-License-Identifier: GPL-2.0-or-later
/* report_block: a packet with all its events, each a TRACE line. */
#include "report/report_text.h"

#include "capture/ifnames.h"
#include "journey/change.h"
#include "journey/conntrack_seen.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "place/place.h"
#include "place/text_doubt.h"
#include "report/report_alone.h"
#include "report/report_conntrack.h"
#include "report/text_fate.h"

/* An interface that was not known before is only named. */
static bool is_known(const struct change *c, const struct change_value *v)
{
	return v->number || (c->field != FIELD_OUT && c->field != FIELD_IN);
}

/* Of the change at this index, or of the head: .changes. */
static bool shows_way(const struct report_env *env, const struct journey *j,
		      unsigned int change)
{
	return j->way.text && j->way.change == change &&
	       (env->verbose || j->way.shown);
}

/* The way was chosen before anything was seen. */
static void put_first_way(struct outbuf *o, const struct report_env *env,
			  const struct journey *j)
{
	if (!shows_way(env, j, j->changes))
		return;
	text_color(o, env, TEXT_DIM);
	outbuf_printf(o, "  (routing) out %s, ",
		      ifnames_get(env->names, journey_first(j)->out));
	outbuf_text(o, j->way.text);
	text_color(o, env, TEXT_RESET);
	outbuf_text(o, "\n");
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

static void put_change(struct outbuf *o, const struct report_env *env,
		       const struct journey *j, const struct change *c)
{
	text_color(o, env, TEXT_DIM);
	outbuf_text(o, "  ");
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
	if (shows_way(env, j, (unsigned int)(c - j->change))) {
		outbuf_text(o, ", ");
		outbuf_text(o, j->way.text);
	}
	text_color(o, env, TEXT_RESET);
	outbuf_text(o, "\n");
}

static void put_doubt(struct outbuf *o, const struct report_env *env,
		      const struct place *p)
{
	text_color(o, env, TEXT_DIM);
	outbuf_text(o, "  (doubtful) ");
	outbuf_text(o, text_doubt_sentence(p->doubt));
	text_color(o, env, TEXT_RESET);
	outbuf_text(o, "\n");
}

static void put_verdict(struct outbuf *o, const struct report_env *env,
			const struct map_verdict *v)
{
	text_color(o, env, TEXT_DIM);
	outbuf_text(o, "  verdict map: ");
	text_map_verdict(o, v);
	text_color(o, env, TEXT_RESET);
	outbuf_text(o, "\n");
}

static void put_step_details(struct outbuf *o, const struct report_env *env,
			     const struct step *s)
{
	const struct place *p = s->place;

	outbuf_printf(o, "    mark 0x%x", s->mark);
	if (s->in || s->phys_in)
		outbuf_text(o, " in");
	if (s->in)
		outbuf_printf(o, " %s", ifnames_get(env->names, s->in));
	text_port(o, env, s->phys_in);
	if (s->out)
		outbuf_printf(o, " out %s", ifnames_get(env->names, s->out));
	text_port(o, env, s->phys_out);
	if (p->own_before)
		outbuf_printf(o, " number without nftrace's rules %u",
			      p->number - p->own_before);
	if (p->counted)
		outbuf_printf(o, " handle %llu", (unsigned long long)p->handle);
	else if (p->position)
		outbuf_printf(o, " position %u", p->position);
	outbuf_text(o, "\n");
}

/* Whose the lines below are, where that changes. */
static void mark_branch(struct outbuf *o, const struct report_env *env,
			unsigned int branch, unsigned int *before)
{
	if (branch == *before)
		return;
	*before = branch;
	text_color(o, env, TEXT_DIM);
	if (branch)
		outbuf_printf(o, "  (copy %u)", branch);
	else
		outbuf_text(o, "  (the packet itself)");
	text_color(o, env, TEXT_RESET);
	outbuf_text(o, "\n");
}

/* Else its block would look like one that was cut off. */
static void put_nothing(struct outbuf *o, const struct report_env *env)
{
	text_color(o, env, TEXT_DIM);
	outbuf_text(o, "  (no rule met)");
	text_color(o, env, TEXT_RESET);
	outbuf_text(o, "\n");
}

static void put_conntrack(struct outbuf *o, const struct report_env *env,
			  const struct journey *j)
{
	text_color(o, env, TEXT_DIM);
	report_conntrack(o, j);
	text_color(o, env, TEXT_RESET);
}

static void block_journey(struct outbuf *o, const struct report_env *env,
			  const struct journey *j)
{
	uint32_t kept = journey_kept(j);
	unsigned int c = 0, branch = 0;

	text_head(o, env, j);
	outbuf_text(o, "\n");
	if (journey_met_nothing(j))
		put_nothing(o, env);
	put_first_way(o, env, j);
	report_alone(o, j, env->color ? TEXT_DIM : "",
		     env->color ? TEXT_RESET : "");
	for (uint32_t i = 0; i < kept; i++) {
		const struct step *s = &j->step[i];

		if (j->omitted && i == JOURNEY_STEPS_FIRST)
			outbuf_printf(o, "  ... %u more events ...\n",
				      j->omitted);
		mark_branch(o, env, s->branch, &branch);
		outbuf_bytes(o, s->place->line, s->place->line_len);
		if (s->place->doubt)
			put_doubt(o, env, s->place);
		if (map_verdict_at(j, i))
			put_verdict(o, env, map_verdict_at(j, i));
		if (env->verbose)
			put_step_details(o, env, s);
		for (; c < j->changes && j->change[c].step <= i; c++) {
			mark_branch(o, env, j->change[c].branch, &branch);
			put_change(o, env, j, &j->change[c]);
		}
	}
	if (env->verbose || conntrack_decided(j))
		put_conntrack(o, env, j);
	for (unsigned int b = 0; b < j->branches; b++) {
		text_fate(o, env, j, b);
		outbuf_text(o, "\n");
	}
}

const struct report report_block = {
	.name = "block",
	.journey = block_journey,
	.late = text_late,
};
