// SPDX-License-Identifier: GPL-2.0-or-later
/* walk: a packet's way through the chains once more, with the rules that led it there. */
#include "grounds/walk.h"

#include <string.h>

#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "place/place_types.h"
#include "rules/base/family.h"
#include "rules/base/shm.h"

void walk_begin(struct walk *w, const struct journey *j, unsigned int branch)
{
	w->j = j;
	w->at = w->base = NULL;
	w->step = w->next = 0;
	w->branch = (uint8_t)branch;
	w->effect = EFFECT_UNKNOWN;
	w->fresh = false;
	w->depth = 0;
}

/* By the event, or of a recording by what its verdict map said, or by the text. */
static uint8_t effect_of(const struct walk *w, const struct place *at)
{
	const struct map_verdict *v;
	const char *chain;

	if (at->effect != EFFECT_UNKNOWN || at->doubt || at->snap)
		return at->effect;
	v = map_verdict_at(w->j, w->step);
	if (v)
		return map_verdict_effect(v, &chain);
	if (at->kind == PLACE_RETURN && !at->rule_len)
		return EFFECT_RETURN;
	return at->says;
}

static bool ends_pass(uint8_t effect)
{
	static const bool ends[EFFECT_UNKNOWN + 1] = {
		[EFFECT_ACCEPT] = true, [EFFECT_DROP] = true,
		[EFFECT_REJECT] = true, [EFFECT_QUEUE] = true,
		[EFFECT_STEAL] = true,
	};

	return ends[effect];
}

static bool is_of_chain(const struct place *a, const struct place *b)
{
	return a->table == b->table && a->chain_index == b->chain_index;
}

/* Has another evaluation begun, of this chain or of one that calls it? */
static bool begins_pass(const struct walk *w, const struct place *at)
{
	if (!w->base || ends_pass(w->effect) || at->table != w->base->table)
		return true;
	/* Between these some are left out. */
	if (w->j->omitted && w->step < JOURNEY_STEPS_FIRST &&
	    w->next > JOURNEY_STEPS_FIRST)
		return true;
	return at->hook != NOT_A_HOOK && !is_of_chain(at, w->base);
}

/* From where the walk is. */
static bool leads_to(const struct walk *w, const struct place *to)
{
	const struct place *from = w->at;
	const struct map_verdict *v;
	const char *chain;

	if (from->target_chain != SHM_NONE)
		return from->target_chain == to->chain_index;
	v = map_verdict_at(w->j, w->step);
	if (v && map_verdict_effect(v, &chain) != EFFECT_UNKNOWN)
		return strlen(chain) == to->chain_len &&
		       memcmp(chain, to->chain, to->chain_len) == 0;
	return from->names_len == to->chain_len &&
	       memcmp(from->rule + from->names_at, to->chain,
		      to->chain_len) == 0;
}

/* Nobody knows any more what leads to the chain where the packet is. */
static void forget(struct walk *w)
{
	w->depth = 0;
	w->base = w->at;
}

/* Into the chain of @at, of the same pass. */
static void enter(struct walk *w, const struct place *at)
{
	uint16_t step = (uint16_t)w->step;
	unsigned int depth = w->depth;
	bool led;

	if (is_of_chain(w->at, at))
		return;
	led = (w->effect == EFFECT_JUMP || w->effect == EFFECT_GOTO) &&
	      leads_to(w, at);
	w->at = at;
	if (led) {
		if (w->depth == WALK_DEPTH)
			forget(w);
		else
			w->led[w->depth++] = step;
		return;
	}
	/* Back in a chain that has called: what it had called is over. */
	while (depth && !is_of_chain(w->j->step[w->led[depth - 1]].place, at))
		depth--;
	if (depth)
		w->depth = (uint8_t)(depth - 1);
	else
		forget(w);
}

bool walk_next(struct walk *w)
{
	const struct journey *j = w->j;
	const struct place *at;

	while (w->next < journey_kept(j) &&
	       j->step[w->next].branch != w->branch)
		w->next++;
	if (w->next >= journey_kept(j))
		return false;
	at = j->step[w->next++].place;
	w->fresh = begins_pass(w, at);
	if (w->fresh) {
		w->base = at;
		w->depth = 0;
	} else {
		enter(w, at);
	}
	w->at = at;
	w->step = w->next - 1;
	w->effect = effect_of(w, at);
	return true;
}

/*
 * Does the rule say itself why?  Of a chain that rejects as each protocol wants it
 * ("-p tcp -j REJECT --reject-with tcp-reset") the rule says only how.
 */
static bool speaks_for_itself(const struct walk *w)
{
	if (!w->at->rule_len)
		return true;
	return w->at->condition &&
	       !(w->at->only_protocol && (w->effect == EFFECT_DROP ||
					  w->effect == EFFECT_REJECT));
}

int walk_via(const struct walk *w)
{
	unsigned int i = w->depth;

	if (speaks_for_itself(w))
		return WALK_NOWHERE;
	while (i--) {
		const struct place *led = w->j->step[w->led[i]].place;

		if (led->condition)
			return w->led[i];
		if (!led->rule_len)
			break;
	}
	return WALK_NOWHERE;
}
