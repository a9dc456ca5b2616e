// SPDX-License-Identifier: GPL-2.0-or-later
/* fold_steps: which events of a packet are worth a line. */
#include "report/fold_steps.h"

#include <string.h>

#include "grounds/grounds.h"
#include "place/ct_rule.h"
#include "place/place.h"
#include "report/place_words.h"
#include "rules/base/target.h"

void fold_steps_open(struct fold_steps *f, const struct journey *j,
		     struct place_words_cache *words)
{
	f->j = j;
	f->words = words;
	f->kept = journey_kept(j);
	memset(f->why, 0, f->kept);
}

static bool goes_on(const struct journey *j, unsigned int b)
{
	static const bool on[FATE_COUNT] = {
		[FATE_DELIVERED] = true, [FATE_FORWARDED] = true,
		[FATE_SENT] = true,
	};

	return on[j->fate[b].kind];
}

bool fold_tells(const struct journey *j, const struct change *c)
{
	bool way = j->way.text && j->way.shown &&
		   j->way.change == (unsigned int)(c - j->change);

	switch (c->maker) {
	case MAKER_RULE:
		return true;
	case MAKER_FORWARDING:
		return c->field != FIELD_TTL ||
		       c->from.number != c->to.number + 1;
	case MAKER_CONNTRACK:
		return !goes_on(j, c->branch) ||
		       (c->field != FIELD_SRC && c->field != FIELD_DST);
	default:
		/* The interface is in the first line. */
		return way || c->from.number ||
		       (c->field != FIELD_OUT && c->field != FIELD_IN);
	}
}

/* What its rule did shows nowhere else; of one that was read from a file, by its text. */
static bool is_notable(const struct fold_steps *f, const struct place *p)
{
	if (p->effect == EFFECT_QUEUE ||
	    p->ct & (CT_RULE_UNTRACKS | CT_RULE_SETS_MARK))
		return true;
	if (p->effect == EFFECT_UNKNOWN && p->says == EFFECT_QUEUE)
		return true;
	if (f->j->branches == 1)
		return false;
	return p->effect == EFFECT_UNKNOWN ? place_words_of(f->words, p)->copies
					   : p->mangles & MANGLE_CLONE;
}

static void choose_changes(struct fold_steps *f, unsigned int b)
{
	for (unsigned int i = 0; i < f->j->changes; i++) {
		const struct change *c = &f->j->change[i];

		if (c->branch != b || c->step >= f->kept || !fold_tells(f->j, c))
			continue;
		f->why[c->step] |= c->maker == MAKER_RULE
					   ? FOLD_CHANGES | FOLD_NAMED
					   : FOLD_BESIDE;
	}
}

/* The last event of a place that a line names. */
static void choose_place(struct fold_steps *f, unsigned int b,
			 const struct place *at, unsigned int why)
{
	uint32_t i = at ? f->kept : 0;

	while (i-- > 0)
		if (f->j->step[i].place == at && f->j->step[i].branch == b) {
			f->why[i] |= (uint8_t)(why | FOLD_NAMED);
			return;
		}
}

void fold_steps_choose(struct fold_steps *f, unsigned int b,
		       const struct grounds *g)
{
	const struct fate *fate = &f->j->fate[b];

	for (uint32_t i = 0; i < f->kept; i++)
		if (f->j->step[i].branch == b &&
		    is_notable(f, f->j->step[i].place))
			f->why[i] |= FOLD_NOTABLE | FOLD_NAMED;
	choose_changes(f, b);
	choose_place(f, b, fate->by ? fate->by : g->accepted, FOLD_DECIDES);
	choose_place(f, b, g->via, 0);
	choose_place(f, b, g->marked, 0);
}

uint32_t fold_steps_left(const struct fold_steps *f)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < f->kept; i++)
		n += !(f->why[i] & FOLD_NAMED);
	return n;
}
