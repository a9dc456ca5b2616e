// SPDX-License-Identifier: GPL-2.0-or-later
/* place_rule: what a reading of iptables' tables says of the rule that a prefix names. */
#include "place/place_rule.h"

#include "place/ct_rule.h"
#include "place/place_says.h"
#include "place/prefix.h"
#include "place/table_order.h"
#include "place/text_doubt.h"
#include "rules/base/family.h"
#include "rules/legacy/snapshot.h"

/* Does the kernel's word fit what the snapshot says of this rule? */
static bool kind_fits(const struct snap_chain *c, const struct snap_rule *r,
		      const struct prefix *p)
{
	bool labelled = p->number == c->count + 1 ||
			(r->flags & SNAP_UNCONDITIONAL);

	if (!labelled)
		return p->kind == PLACE_RULE;
	return p->kind == (c->hook == NOT_A_HOOK ? PLACE_RETURN : PLACE_POLICY);
}

bool place_rule_has(const struct snapshot *s, const struct snap_chain *c,
		    const struct prefix *p)
{
	return p->number && p->number <= c->count + 1 &&
	       kind_fits(c, snapshot_rule(s, c->first + p->number - 1), p);
}

/*
 * Without the run's rules at its top a chain's numbers are lower.  In between
 * both are possible, and the snapshot's number stands, with a mark.
 */
static bool find_number(const struct place_table *t,
			const struct snap_chain *c, struct prefix *p,
			uint8_t *doubt)
{
	const struct snapshot *s = t->snap;
	struct prefix undone = *p;
	bool armed_fits = place_rule_has(s, c, p), undone_fits;

	undone.number += c->own_before;
	undone_fits = c->own_before && t->phase != PHASE_ARMED &&
		place_rule_has(s, c, &undone);
	if (armed_fits && undone_fits && t->phase == PHASE_UNDOING &&
	    p->number > c->own_before)
		*doubt = TEXT_DOUBT_RENUMBERED;
	else if (undone_fits && (t->phase == PHASE_UNDONE || !armed_fits))
		*p = undone;
	return armed_fits || undone_fits;
}

static const struct {
	uint8_t effect;
	const char *name;
} verdicts[] = {
	[SNAP_CONTINUE] = { EFFECT_CONTINUE, "" },
	[SNAP_ACCEPT] = { EFFECT_ACCEPT, "ACCEPT" },
	[SNAP_DROP] = { EFFECT_DROP, "DROP" },
	[SNAP_QUEUE] = { EFFECT_QUEUE, "QUEUE" },
	[SNAP_RETURN] = { EFFECT_RETURN, "RETURN" },
	[SNAP_JUMP] = { EFFECT_JUMP, "" },
	[SNAP_GOTO] = { EFFECT_GOTO, "" },
};

static void describe_target(struct place *p, const struct snapshot *s,
			    const struct snap_rule *r)
{
	const struct target *t = NULL;

	if (r->verdict < SNAP_TARGET) {
		p->effect = verdicts[r->verdict].effect;
		p->target = r->chain == SNAP_NONE ? verdicts[r->verdict].name :
			snapshot_text(s, snapshot_chain(s, r->chain)->name);
	} else {
		p->target = s->target[r->target];
		t = target_find(p->target);
		p->effect = t ? (uint8_t)t->effect : EFFECT_MAYBE;
	}
	p->mangles = p->effect == EFFECT_QUEUE ? DOES_QUEUED & MANGLE_ALL :
		t ? t->does & MANGLE_ALL : 0;
	p->steals = t && t->does & DOES_STEAL;
	p->target_chain = r->chain;
}

/* A number that the chain did not have is shown, with no text. */
static void describe_rule(struct place *p, const struct snapshot *s,
			  const struct snap_rule *r)
{
	p->rule = "";
	p->target = "";
	p->target_chain = SNAP_NONE;
	if (!r)
		return;
	p->own = p->hidden = r->flags & SNAP_OWN;
	p->rule = r->len ? snapshot_text(s, r->text) : "";
	p->rule_len = r->len;
	p->ct = ct_rule_read(p->rule, p->rule_len, EFFECT_UNKNOWN, "");
	place_read_words(p);
	describe_target(p, s, r);
}

/* What was traced since a TRACE rule need not have met those before it. */
static uint32_t sure_before(const struct snapshot *s,
			    const struct snap_chain *c, uint32_t number)
{
	uint32_t n = number <= c->count + 1 ? number : c->count + 1;

	while (--n) {
		uint8_t flags = snapshot_rule(s, c->first + n - 1)->flags;

		if (flags & SNAP_TRACE)
			return 0;
		if (flags & SNAP_ALWAYS)
			return n;
	}
	return 0;
}

void place_rule_doubt(struct place *p, enum text_doubt why)
{
	p->doubt = why;
	p->effect = EFFECT_UNKNOWN;
	p->mangles = 0;
}

/* A log has no second reading of the rules. */
static void doubt_place(struct place *p, bool excerpt)
{
	place_rule_doubt(p, excerpt ? TEXT_DOUBT_MISFIT : TEXT_DOUBT_CHANGED);
	p->at_end = p->at_end && !excerpt;
	p->sure_before = 0;
}

bool place_rule_fill(struct place *p, const struct place_table *t,
		     struct prefix *parts)
{
	const struct snapshot *s = t->snap;
	uint32_t ci = snapshot_find_chain(s, t->index, parts->chain,
					  parts->chain_len);
	const struct snap_rule *r = NULL;
	const struct snap_chain *c;
	uint8_t fit;

	if (ci == SNAP_NONE)
		return false;
	c = snapshot_chain(s, ci);
	fit = t->fit ? t->fit[ci] : PLACE_FITS;
	parts->number -= fit == PLACE_FITS_BELOW && parts->number > 1;
	if (find_number(t, c, parts, &p->doubt))
		r = snapshot_rule(s, c->first + parts->number - 1);
	p->nfproto = s->nfproto;
	p->table = s->table[t->index].name;
	p->chain = snapshot_text(s, c->name);
	p->chain_len = c->name_len;
	p->chain_index = ci;
	p->number = parts->number;
	p->last = c->count + 1;
	p->at_end = parts->number == p->last;
	if (t->excerpt)
		p->sure_before = sure_before(s, c, p->number);
	p->own_before = parts->number > c->own_before ? c->own_before : 0;
	p->kind = parts->kind;
	p->hook = c->hook;
	p->order = table_order(p->table, c->hook);
	describe_rule(p, s, r);
	if (!r || fit == PLACE_MISFITS)
		doubt_place(p, t->excerpt);
	return true;
}
