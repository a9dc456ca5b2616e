// SPDX-License-Identifier: GPL-2.0-or-later
/* report_block: a packet with all its events, each a TRACE line. */
#include "report/report_text.h"

#include "capture/event.h"
#include "capture/ifnames.h"
#include "journey/conntrack_seen.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "place/place.h"
#include "place/text_doubt.h"
#include "report/report_alone.h"
#include "report/report_conntrack.h"
#include "report/stories.h"
#include "report/text_change.h"
#include "report/text_fate.h"
#include "report/text_near.h"

/* The way was chosen before anything was seen. */
static void put_first_way(struct outbuf *o, const struct report_env *env,
			  const struct journey *j)
{
	if (!text_change_has_way(env, j, j->changes))
		return;
	text_color(o, env, TEXT_DIM);
	outbuf_text(o, "  ");
	text_first_way(o, env, j);
	text_color(o, env, TEXT_RESET);
	outbuf_text(o, "\n");
}

static void put_change(struct outbuf *o, const struct report_env *env,
		       const struct journey *j, const struct change *c)
{
	text_color(o, env, TEXT_BOLD);
	outbuf_text(o, "  ");
	text_change(o, env, j, c);
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
static void put_nothing(struct outbuf *o, const struct report_env *env,
			const struct journey *j)
{
	text_color(o, env, TEXT_DIM);
	outbuf_text(o, "  (no rule met)");
	text_color(o, env, TEXT_RESET);
	outbuf_text(o, "\n");
	for (unsigned int i = 0; i < j->changes; i++)
		put_change(o, env, j, &j->change[i]);
}

static void put_conntrack(struct outbuf *o, const struct report_env *env,
			  const struct journey *j)
{
	size_t at = outbuf_written(o);

	text_color(o, env, TEXT_DIM);
	outbuf_text(o, "  ");
	if (!report_conntrack(o, j)) {
		outbuf_cut(o, at);
		return;
	}
	text_color(o, env, TEXT_RESET);
	outbuf_text(o, "\n");
}

static void put_alone(struct outbuf *o, const struct report_env *env,
		      const struct journey *j, uint8_t backend)
{
	size_t at = outbuf_written(o);

	text_color(o, env, TEXT_DIM);
	outbuf_text(o, "  ");
	if (!report_alone(o, j, backend)) {
		outbuf_cut(o, at);
		return;
	}
	text_color(o, env, TEXT_RESET);
	outbuf_text(o, "\n");
}

/* All but the head: nothing here is of the packet's own headers. */
static void put_story(struct outbuf *o, const struct report_env *env,
		      const struct journey *j)
{
	uint32_t kept = journey_kept(j);
	unsigned int c = 0, branch = 0;

	if (journey_met_nothing(j))
		put_nothing(o, env, j);
	put_first_way(o, env, j);
	put_alone(o, env, j, EVENT_LEGACY);
	put_alone(o, env, j, EVENT_NFT);
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
		text_near_block(o, env, j, b);
	}
}

static void block_journey(struct outbuf *o, const struct report_env *env,
			  const struct journey *j)
{
	struct story story;

	text_head(o, env, j);
	outbuf_text(o, "\n");
	story = stories_tell(env, o, j, STORY_BLOCK);
	if (story.told)
		return;
	put_story(o, env, j);
	stories_keep(env, &story, o, j, NULL);
}

const struct report report_block = {
	.name = "block",
	.journey = block_journey,
	.late = text_late,
};
