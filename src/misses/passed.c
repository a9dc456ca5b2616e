// SPDX-License-Identifier: GPL-2.0-or-later
/* passed: the rules of the deciding table that a packet met, and those that it passed over. */
#include "misses/passed.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "grounds/walk.h"
#include "journey/journey.h"
#include "misses/mark_rule.h"
#include "place/place_types.h"
#include "place/table_order.h"
#include "rules/base/target.h"

enum { IN_DOUBT = JOURNEY_GAP | JOURNEY_AMBIGUOUS | JOURNEY_HEADLESS |
		  JOURNEY_STRADDLES };

/* A mark that is asked for, as the events around tell it. */
struct mark {
	uint32_t value;
	bool known;
};

static bool is_certain(const struct place *at)
{
	return !at->doubt && !at->straddles && at->state == PLACE_KNOWN;
}

/* The pass in which @f was decided: from its first step to behind its last one. */
static bool find_pass(const struct journey *j, uint32_t *from, uint32_t *to)
{
	const struct fate *f = &j->fate[0];
	bool ended = false, found = false;
	struct walk w;

	*from = *to = 0;
	walk_begin(&w, j, 0);
	while (walk_next(&w)) {
		if (w.fresh) {
			*from = w.step;
			found = false;
		}
		if (f->by && w.at != f->by)
			continue;
		*to = w.step + 1;
		found = true;
		ended = w.effect == EFFECT_ACCEPT || w.effect == EFFECT_QUEUE ||
			w.effect == EFFECT_STEAL;
	}
	/* Lost inside a table: it was still being asked. */
	return found && *to == journey_kept(j) && (f->by || !ended);
}

/* The first pass through nat at @hook from step *@from on, whole: all of it has been asked. */
static bool find_nat_pass(const struct journey *j, uint8_t hook, uint32_t *from,
			  uint32_t *to)
{
	uint8_t order = hook == NF_INET_POST_ROUTING ? T_SNAT : T_DNAT;
	const uint32_t first = *from;
	bool inside = false;
	struct walk w;

	walk_begin(&w, j, 0);
	while (walk_next(&w)) {
		if (w.fresh) {
			*from = w.step;
			inside = w.step >= first && w.at->hook == hook &&
				 w.at->order == order;
		}
		if (!inside)
			continue;
		if (w.at->mangles & (MANGLE_SRC | MANGLE_DST))
			return false;
		*to = w.step + 1;
		if (w.effect == EFFECT_ACCEPT)
			return true;
	}
	return false;
}

static struct mark mark_before(const struct journey *j, uint32_t from,
			       uint32_t step)
{
	const struct step *s = &j->step[step];

	/* A legacy event is made before its target runs, one of nft when it is done. */
	if (s->place->backend != EVENT_NFT || !(s->place->mangles & MANGLE_MARK))
		return (struct mark){ s->mark, true };
	if (step > from)
		return (struct mark){ s[-1].mark, true };
	return (struct mark){ 0, false };
}

static bool is_nat_alone(const struct rulebook_rule *rule)
{
	static const char sets[] = "mark set ";

	return rule->nat && strview_find(rule->text, sets) == rule->text.len;
}

/*
 * Rules of nft may act before they ask on: what one that was passed over did to the mark
 * no event tells, only what came of it.  Targets of iptables are the last thing in a rule.
 */
static void take_marks(const struct passed *w, struct passed_rule *r,
		       const struct rulebook_rule *rule)
{
	struct mark_rule m;

	if (is_nat_alone(rule))
		return;
	r->marks = mark_rule_read(&m, rule->text);
	r->acts_first = !r->marks &&
		!rulebook_is_of_iptables(&w->book, r->chain, r->number);
}

static bool add(struct passed *w, const struct passed_frame *f,
		uint32_t number, struct mark mark, bool met)
{
	struct passed_rule *r = &w->rule[w->n];
	struct rulebook_rule rule;

	if (w->n == PASSED_RULES)
		return false;
	rulebook_rule(&w->book, f->chain, number, &rule);
	*r = (struct passed_rule){
		.chain = f->chain, .number = number, .caller = f->caller,
		.mark = mark.value, .mark_known = mark.known, .met = met,
		.effect = rule.effect, .changes = rule.changes, .nat = rule.nat,
	};
	if (rule.changes)
		take_marks(w, r, &rule);
	w->n += !rule.own;
	return !rule.writes;
}

/* In front of a rule that acts first the mark may have been another than what came of it. */
static void doubt_marks(struct passed *w, uint32_t from)
{
	uint32_t i = w->n;

	if (!w->book.nft)
		return;
	while (i > from && !(w->rule[i - 1].acts_first && !w->rule[i - 1].met))
		i--;
	while (i-- > from)
		w->rule[i].mark_known = false;
}

/* The frame of this chain: the same, one that called, or one that is called now. */
static struct passed_frame *enter(struct passed *w, uint32_t chain,
				  uint8_t effect)
{
	struct passed_frame *f = w->depth ? &w->frame[w->depth - 1] : NULL;
	uint32_t caller = PASSED_NOBODY;

	if (!f || effect == EFFECT_JUMP || effect == EFFECT_GOTO) {
		if (f)
			caller = effect == EFFECT_JUMP ? w->n - 1 : f->caller;
		/* What a goto leaves is not gone on with. */
		if (f && effect == EFFECT_GOTO)
			w->depth--;
		if (w->depth == PASSED_DEPTH)
			return NULL;
		f = &w->frame[w->depth++];
		*f = (struct passed_frame){ chain, 1, caller };
		return f;
	}
	while (w->depth && w->frame[w->depth - 1].chain != chain)
		w->depth--;
	return w->depth ? &w->frame[w->depth - 1] : NULL;
}

/* Where a map decides, its verdict is in the event alone. */
static bool is_called(const struct passed *w, uint32_t chain,
		      const struct passed_rule *last)
{
	struct rulebook_rule r;

	rulebook_rule(&w->book, last->chain, last->number, &r);
	return r.to == RULEBOOK_NONE || r.to == chain;
}

static bool is_open(const struct passed *w, uint32_t chain)
{
	for (unsigned int i = 0; i < w->depth; i++)
		if (w->frame[i].chain == chain)
			return true;
	return false;
}

/* All that is left of the chain was passed over. */
static bool pass_rest(struct passed *w, struct passed_frame *f)
{
	const struct mark unknown = { 0, false };
	uint32_t count = rulebook_count(&w->book, f->chain);

	for (; f->next <= count; f->next++)
		if (!add(w, f, f->next, unknown, false))
			return false;
	return true;
}

/*
 * nft prints nothing where a chain that was called ends: with an event of another one,
 * @chain, those in between have been asked to their ends.
 */
static bool leave_called(struct passed *w, uint32_t chain, uint8_t *effect)
{
	struct rulebook_rule last = { .to = RULEBOOK_NONE };

	if (*effect == EFFECT_JUMP || *effect == EFFECT_GOTO) {
		rulebook_rule(&w->book, w->rule[w->n - 1].chain,
			      w->rule[w->n - 1].number, &last);
		if (last.to == RULEBOOK_NONE)
			return !is_open(w, chain);
		if (last.to == chain)
			return true;
		if (!enter(w, last.to, *effect))
			return false;
		*effect = EFFECT_CONTINUE;
	}
	while (w->depth && w->frame[w->depth - 1].chain != chain) {
		if (!pass_rest(w, &w->frame[w->depth - 1]))
			return false;
		w->depth--;
	}
	return w->depth;
}

static bool add_step(struct passed *w, const struct journey *j, uint32_t from,
		     uint32_t step, uint8_t *effect)
{
	const struct place *at = j->step[step].place;
	uint32_t chain = rulebook_chain(&w->book, at->chain, at->chain_len);
	uint32_t number = chain == RULEBOOK_NONE ? 0 :
		rulebook_number(&w->book, chain, at);
	struct mark mark = mark_before(j, from, step);
	uint32_t first = w->n;
	struct passed_frame *f;

	if (!number || !is_certain(at))
		return false;
	if (w->printed && w->depth && !leave_called(w, chain, effect))
		return false;
	if ((*effect == EFFECT_JUMP || *effect == EFFECT_GOTO) &&
	    !is_called(w, chain, &w->rule[w->n - 1]))
		return false;
	f = enter(w, chain, *effect);
	if (!f || number < f->next)
		return false;
	for (; f->next < number; f->next++)
		if (!add(w, f, f->next, mark, false))
			return false;
	doubt_marks(w, first);
	if (number > rulebook_count(&w->book, chain)) {
		*effect = rulebook_end(&w->book, chain);
		return true;
	}
	if (!add(w, f, number, mark, true))
		return false;
	f->next++;
	*effect = at->effect;
	/* Behind a RETURN nothing more of the chain is asked. */
	if (*effect == EFFECT_RETURN)
		f->next = rulebook_count(&w->book, chain) + 1;
	return true;
}

static bool is_packet_whole(const struct journey *j)
{
	return j->branches == 1 && !j->omitted && !(j->flags & IN_DOUBT);
}

/* From step @from to before step @to, which are of one pass. */
static bool go(struct passed *w, const struct journey *j, uint32_t from,
	       uint32_t to, const struct snapshot *legacy,
	       const struct nft_snapshot *nft)
{
	uint8_t effect = EFFECT_CONTINUE;

	w->n = w->depth = 0;
	w->hook = j->step[from].place->hook;
	if (w->hook >= NF_INET_NUMHOOKS ||
	    !rulebook_open(&w->book, j->step[from].place, legacy, nft))
		return false;
	w->from = from;
	for (uint32_t i = from; i < to; i++)
		if (!add_step(w, j, from, i, &effect))
			return false;
	return true;
}

bool passed_find(struct passed *w, const struct journey *j,
		 const struct snapshot *legacy, const struct nft_snapshot *nft)
{
	const struct fate *f = &j->fate[0];
	uint32_t from, to;

	w->nat = false;
	return is_packet_whole(j) && (f->by || (f->kind == FATE_LOST && f->inside)) &&
	       find_pass(j, &from, &to) && go(w, j, from, to, legacy, nft);
}

bool passed_find_nat(struct passed *w, const struct journey *j, uint8_t hook,
		     uint32_t from, const struct snapshot *legacy,
		     const struct nft_snapshot *nft)
{
	uint32_t to;

	w->nat = true;
	if (!is_packet_whole(j) || !find_nat_pass(j, hook, &from, &to))
		return false;
	/* Behind a table of which nothing is certain there may be another. */
	if (!go(w, j, from, to, legacy, nft))
		w->n = 0;
	w->to = to;
	return true;
}
