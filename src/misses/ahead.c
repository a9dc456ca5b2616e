// SPDX-License-Identifier: GPL-2.0-or-later
/* ahead: what tables in front of the deciding one would do with the packet if one thing of it were another. */
#include "misses/ahead.h"

#include <linux/netfilter.h>
#include <stddef.h>

#include "misses/asked.h"
#include "misses/brief.h"
#include "misses/condition.h"
#include "misses/misses_rules.h"
#include "misses/rulebook.h"
#include "rules/base/target.h"
#include "rules/legacy/snapshot.h"
#include "rules/nft/snapshot.h"

enum {
	AHEAD_BUDGET = 8192,	/* rules that are asked; behind more nothing is certain */
	AHEAD_DEPTH = 16,	/* chains that call one another */
};

enum went { WENT_ON, WENT_AWAY, WAS_TAKEN };

struct search {
	const struct ahead_packet *p;
	struct asked a;		/* as it was at the first hook */
	struct rulebook book;
	struct conditions *room;
	uint32_t budget;
	bool policies;		/* one that drops has not dropped the packet itself, but may this one */
};

/*
 * Could the rule meet it?  @touched: set where its answer of the packet itself may
 * have been another.
 */
static enum condition_state ask_ahead(struct search *s, uint32_t chain, uint32_t number,
				      bool *touched)
{
	enum condition_state state = CONDITION_HELD;
	struct brief b = { .enough = s->p->known };

	if (rulebook_ask_brief(&s->book, chain, number, &s->a, &b) &&
	    (s->p->known ? b.fails : b.failed & ~s->p->fields))
		return CONDITION_FAILED;
	s->room->enough = s->p->known;
	rulebook_ask(&s->book, chain, number, &s->a, s->room);
	for (unsigned int i = 0; i < s->room->n; i++) {
		const struct condition *c = &s->room->c[i];
		bool is = condition_fields(c) & s->p->fields;

		*touched |= is;
		if (c->state == CONDITION_FAILED && (s->p->known || !is))
			return CONDITION_FAILED;
		if (c->state != CONDITION_HELD)
			state = CONDITION_UNKNOWN;
	}
	*touched |= s->room->unread;
	return s->room->unread ? CONDITION_UNKNOWN : state;
}

static enum went walk(struct search *s, uint32_t chain, bool touched, unsigned int depth);

/*
 * What becomes of it by a rule that it meets, or may meet.  A mark that is set to
 * the changed packet alone has it go another way as well as an address does.
 */
static enum went meet(struct search *s, const struct rulebook_rule *r,
		      enum condition_state state, bool touched, unsigned int depth)
{
	bool surely = state == CONDITION_HELD;
	enum went went;

	if (touched && r->changes)
		return WAS_TAKEN;
	switch (r->effect) {
	case EFFECT_CONTINUE:
		return WENT_ON;
	case EFFECT_ACCEPT: case EFFECT_RETURN:
		return surely && !r->changes ? WENT_AWAY : WENT_ON;
	case EFFECT_JUMP: case EFFECT_GOTO:
		went = r->to == RULEBOOK_NONE ? WAS_TAKEN :
		       walk(s, r->to, touched, depth + 1);
		return went == WAS_TAKEN || surely ? went : WENT_ON;
	}
	/* If not by its change, the packet itself has met it as well, and was let pass. */
	return touched ? WAS_TAKEN : WENT_ON;
}

static enum went walk(struct search *s, uint32_t chain, bool touched, unsigned int depth)
{
	uint32_t count = rulebook_count(&s->book, chain);
	struct rulebook_rule r;

	if (depth == AHEAD_DEPTH)
		return WAS_TAKEN;
	for (uint32_t number = 1; number <= count; number++) {
		bool here = touched;
		enum condition_state state;
		enum went went;

		rulebook_rule(&s->book, chain, number, &r);
		if (r.own || (r.effect == EFFECT_CONTINUE && !r.changes))
			continue;
		if (!s->budget--)
			return WAS_TAKEN;
		state = ask_ahead(s, chain, number, &here);
		went = state == CONDITION_FAILED ? WENT_ON :
		       meet(s, &r, state, here, depth);
		if (went == WAS_TAKEN)
			return went;
		if (went == WENT_AWAY)
			return r.effect == EFFECT_RETURN ? WENT_ON : went;
		if (r.effect == EFFECT_GOTO && state == CONDITION_HELD)
			return WENT_ON;
	}
	return WENT_ON;
}

/* The base chain as a whole.  What no rule accepted for certain comes to its policy. */
static bool takes(struct search *s, uint32_t chain)
{
	enum went went = walk(s, chain, false, 0);

	return went == WAS_TAKEN ||
	       (went == WENT_ON && s->policies &&
		rulebook_end(&s->book, chain) != EFFECT_ACCEPT);
}

/* The chain that is tried is none of those in front of it. */
static bool is_own(const struct search *s, uint8_t hook)
{
	const struct rulebook *own = s->p->own;

	return own && hook == s->p->a->hook && own->legacy == s->book.legacy &&
	       own->nft == s->book.nft && own->table == s->book.table;
}

static bool legacy_takes(struct search *s, const struct snapshot *rules, uint8_t hook)
{
	s->book.legacy = rules;
	s->book.nft = NULL;
	for (uint32_t i = 0; i < rules->chains; i++) {
		const struct snap_chain *c = snapshot_chain(rules, i);

		if (c->hook != hook)
			continue;
		s->book.table = c->table;
		if (!is_own(s, hook) && takes(s, i))
			return true;
	}
	return false;
}

static bool nft_takes(struct search *s, const struct nft_snapshot *rules, uint8_t hook)
{
	s->book.legacy = NULL;
	s->book.nft = rules;
	for (uint32_t i = 0; i < rules->chains; i++) {
		const struct nft_snap_chain *c = nft_snapshot_chain(rules, i);
		uint8_t family = nft_snapshot_table(rules, c->table)->nfproto;

		if (c->hook != hook ||
		    (family != s->a.nfproto && family != NFPROTO_INET))
			continue;
		s->book.table = c->table;
		if (!is_own(s, hook) && takes(s, i))
			return true;
	}
	return false;
}

static bool hook_takes(struct search *s, const struct misses_rules *rules, uint8_t hook)
{
	s->a.hook = hook;
	s->a.serial = rulebook_serial(&s->book);
	if (hook == NF_INET_PRE_ROUTING)
		s->a.out = s->a.phys_out = (struct asked_device){ 0, "" };
	else
		s->a.out = s->p->a->out;
	return (rules->legacy && legacy_takes(s, rules->legacy, hook)) ||
	       (rules->nft && nft_takes(s, rules->nft, hook));
}

bool ahead_takes(const struct ahead_packet *p, const struct misses_rules *rules,
		 struct rule_kept *kept, struct conditions *room)
{
	struct search s = {
		.p = p, .a = *p->a, .book.kept = kept, .room = room, .budget = AHEAD_BUDGET,
		.policies = p->own,
	};

	/* What this host sends meets its first hook's tables one after the other. */
	if (!p->own && p->a->hook != NF_INET_LOCAL_IN && p->a->hook != NF_INET_FORWARD)
		return false;
	if (!(p->fields & 1u << ASKED_MARK))
		s.a.mark_known = false;
	if (hook_takes(&s, rules, NF_INET_PRE_ROUTING))
		return true;
	return p->own && p->a->hook == NF_INET_POST_ROUTING &&
	       (hook_takes(&s, rules, NF_INET_FORWARD) ||
		hook_takes(&s, rules, NF_INET_POST_ROUTING));
}
