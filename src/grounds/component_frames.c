// SPDX-License-Identifier: GPL-2.0-or-later
/* component_frames: the rule that decided, and those that led there. */
#include "grounds/component_frames.h"

#include <string.h>

#include "journey/journey.h"
#include "place/place.h"
#include "place/place_tables.h"
#include "rules/base/family.h"

struct strview frames_chain(const struct place *at)
{
	return (struct strview){ at->chain, at->chain_len };
}

static bool same(struct strview a, struct strview b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

bool frames_in_chain(const struct place *at, const struct place *of,
		     struct strview chain)
{
	return at->table == of->table && at->backend == of->backend &&
	       same(frames_chain(at), chain);
}

bool frames_has_step(const struct component_frames *f, uint32_t step)
{
	uint8_t branch = f->j->step[step].branch;

	return branch == f->branch || !branch;
}

static void push(struct component_frames *f, const struct place *at)
{
	struct component_frame *n = &f->frame[f->depth++];

	n->at = at;
	n->text = at->rule && !at->doubt ?
		(struct strview){ at->rule, at->rule_len } :
		(struct strview){ "", 0 };
	n->calls.at = NULL;
	n->read = false;
	n->xtables = place_of_iptables(at);
}

struct strview frame_calls(struct component_frame *f)
{
	if (f->calls.at)
		return f->calls;
	if (*f->at->target && (f->at->effect == EFFECT_JUMP ||
			       f->at->effect == EFFECT_GOTO))
		f->calls = (struct strview){ f->at->target,
					     strlen(f->at->target) };
	else
		f->calls = rule_calls(f->text);
	if (!f->calls.at)
		f->calls = (struct strview){ "", 0 };
	return f->calls;
}

/* The last step at this place. */
static uint32_t find_step(const struct component_frames *f,
			  const struct place *by)
{
	for (uint32_t i = journey_kept(f->j); i-- > 0; )
		if (f->j->step[i].place == by && frames_has_step(f, i))
			return i;
	return 0;
}

void component_frames_begin(struct component_frames *f, const struct journey *j,
			    unsigned int b, const struct place *by,
			    bool *by_tables)
{
	f->by_tables = by_tables;
	f->j = j;
	f->branch = b;
	f->depth = 0;
	f->entered = 0;
	f->complete = f->by_name = false;
	push(f, by);
	f->step = find_step(f, by);
}

/*
 * No chain calls itself, by whatever way.  So the last jump to a chain before a rule
 * of it was met is the one by which the packet is there, and what was called and left
 * again in between needs no counting.
 */
void component_frames_complete(struct component_frames *f)
{
	struct strview chain = frames_chain(f->frame[0].at);

	if (f->complete)
		return;
	f->complete = true;
	for (uint32_t i = f->step; i-- > 0 && f->depth < FRAME_DEPTH; ) {
		const struct place *inner = f->frame[f->depth - 1].at;
		const struct place *at = f->j->step[i].place;

		if (inner->hook != NOT_A_HOOK)
			return;
		if (at->table != inner->table || !frames_has_step(f, i) ||
		    at->kind == PLACE_POLICY)
			continue;
		push(f, at);
		if (!same(frame_calls(&f->frame[f->depth - 1]), chain)) {
			f->depth--;
			continue;
		}
		if (f->depth == 2)
			f->entered = i;
		chain = frames_chain(at);
	}
}

void component_frames_chain(struct component_frames *f,
			    const struct component_frames *of,
			    struct place *room, struct strview chain)
{
	*room = *of->frame[0].at;
	room->chain = chain.at;
	room->chain_len = (uint32_t)chain.len;
	room->rule = room->target = "";
	room->rule_len = 0;
	f->j = of->j;
	f->by_tables = of->by_tables;
	f->branch = of->branch;
	f->step = of->step;
	f->entered = of->entered;
	f->depth = 0;
	f->complete = f->by_name = true;
	push(f, room);
}
