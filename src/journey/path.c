// SPDX-License-Identifier: GPL-2.0-or-later
/* path: how far through hooks, tables and chains a packet is, and what can come next. */
#include "journey/path.h"

#include <string.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/path_ahead.h"
#include "place/place.h"
#include "place/table_order.h"
#include "place/text_doubt.h"
#include "rules/legacy/snapshot.h"

enum { NOT_A_HOOK = 0xff };

/* A new hook has all its slots before it; a new table of it is one. */
static void note_slot(struct path *p, const struct place *at, uint8_t hook)
{
	if (hook != p->hook)
		p->seen = 0;
	if (at->slot != SLOT_NONE)
		p->slot = at->slot;
	else if (hook != p->hook || !p->last || at->table != p->last->table)
		p->slot = SLOT_NONE;
	if (p->slot != SLOT_NONE)
		p->seen |= BIT64(p->slot);
}

static void note(struct path *p, const struct place *at, const struct event *e)
{
	/* nft tells no hook; a chain that many call is where the packet is. */
	uint8_t hook = e->hook < NF_INET_NUMHOOKS ? e->hook : p->hook;

	note_slot(p, at, hook);
	p->last = at;
	p->hook = hook;
	p->order = at->order;
	if (hook == NF_INET_LOCAL_OUT)
		p->local = true;
	else if (hook == NF_INET_PRE_ROUTING || hook == NF_INET_LOCAL_IN)
		p->local = false;
	if (e->out)
		p->out = e->out;
}

static void push(struct path *p, const struct place *at)
{
	if (p->depth == PATH_DEPTH) {
		/* Deeper than we keep: forget the outermost. */
		memmove(p->stack, p->stack + 1,
			(PATH_DEPTH - 1) * sizeof(p->stack[0]));
		p->depth--;
		p->stack_unknown = true;
	}
	p->stack[p->depth].chain = at->chain_index;
	p->stack[p->depth].number = at->number;
	p->depth++;
}

/* Behind the rule that called this chain; from a builtin chain: its policy. */
static void pop(struct path *p, const struct place *at)
{
	if (p->depth) {
		p->depth--;
		p->chain = p->stack[p->depth].chain;
		p->after = p->stack[p->depth].number;
		p->state = PATH_IN_CHAIN;
	} else if (at->hook != NOT_A_HOOK) {
		p->chain = at->chain_index;
		p->after = at->last - 1;
		p->state = PATH_POLICY;
	} else if (p->stack_unknown) {
		p->chain = SNAP_NONE;
		p->after = 0;
		p->state = PATH_IN_CHAIN;
	} else {
		/* goto from a builtin chain: falls to that chain's policy. */
		p->chain = SNAP_NONE;
		p->after = 0;
		p->state = PATH_POLICY;
	}
}

static void enter(struct path *p, const struct place *at)
{
	p->chain = at->target_chain;
	p->after = 0;
	p->state = PATH_IN_CHAIN;
}

static void stay(struct path *p, const struct place *at, uint8_t state)
{
	p->chain = at->chain_index;
	p->after = at->number;
	p->state = state;
}

static void step(struct path *p, const struct place *at)
{
	switch (at->effect) {
	case EFFECT_CONTINUE:
		stay(p, at, PATH_IN_CHAIN);
		break;
	case EFFECT_JUMP:
		push(p, at);
		enter(p, at);
		break;
	case EFFECT_GOTO:
		enter(p, at);
		break;
	case EFFECT_RETURN:
		pop(p, at);
		break;
	case EFFECT_ACCEPT:
		p->state = PATH_TABLE_DONE;
		break;
	case EFFECT_DROP:
	case EFFECT_REJECT:
		p->state = PATH_ENDED;
		break;
	case EFFECT_QUEUE:
		stay(p, at, PATH_QUEUED);
		break;
	case EFFECT_UNKNOWN:
		/* Anywhere in this table, or behind it. */
		p->chain = SNAP_NONE;
		p->after = 0;
		p->state = PATH_MAYBE;
		break;
	case EFFECT_STEAL:
	case EFFECT_MAYBE:
		stay(p, at, PATH_MAYBE);
		break;
	}
}

void path_begin(struct path *p, const struct place *at, const struct event *e)
{
	memset(p, 0, sizeof(*p));
	p->stack_unknown = at->hook == NOT_A_HOOK;
	note(p, at, e);
	p->born_local = p->local;
	step(p, at);
}

void path_advance(struct path *p, const struct place *at,
		  const struct event *e)
{
	bool expected = p->state != PATH_TABLE_DONE && (p->chain == SNAP_NONE ||
						p->chain == at->chain_index);

	/* A new table, or joined again after a gap. */
	if (at->hook != NOT_A_HOOK || !expected) {
		p->depth = 0;
		p->stack_unknown = at->hook == NOT_A_HOOK;
	}
	note(p, at, e);
	step(p, at);
}

void path_is_at(struct path *p, const struct place *at)
{
	if (p->born_local && !p->local)
		return;
	p->hook = at->hook;
	p->slot = at->slot;
	p->order = at->order;
}

static bool in_chain(const struct path *p, const struct place *at)
{
	if (at->snap != p->last->snap || at->table != p->last->table ||
	    (at->hook != NOT_A_HOOK && at->hook != p->hook))
		return false;
	if (p->chain == SNAP_NONE)
		return true;
	/* nft has no numbers. */
	return at->chain_index == p->chain &&
	       (at->number > p->after || at->backend == EVENT_NFT);
}

static bool at_policy(const struct path *p, const struct place *at)
{
	if (!at->at_end || at->hook != p->hook ||
	    at->table != p->last->table)
		return false;
	return p->chain == SNAP_NONE || at->chain_index == p->chain;
}

/* Does the way lead from one hook to the other, past hooks without a table? */
static bool leads_to(const struct path_map *map, const struct path *p,
		     const struct place *at)
{
	uint8_t hooks = path_hooks_ahead(p);

	if (hooks & BIT(NF_INET_FORWARD) &&
	    !path_hook_of(map, at, NF_INET_FORWARD)->must)
		hooks |= BIT(NF_INET_POST_ROUTING);
	return hooks & BIT(at->hook);
}

/* A slot of this hook that comes later, none that must be seen left out. */
static bool next_here(const struct path_map *map, const struct path *p,
		      const struct place *at, bool relaxed)
{
	if (path_hook_of(map, at, at->hook)->crowded)
		return true;
	/* Without tables, as in a file: the usual order. */
	if (at->slot == SLOT_NONE || path_slot(map, p) == SLOT_NONE)
		return at->order > p->order;
	if (!(path_ahead(map, p) & BIT64(at->slot)))
		return false;
	return relaxed || !(path_ahead(map, p) & path_before(map, at));
}

/* A builtin chain of a later table or hook, none that must be seen left out. */
static bool next_table(const struct path_map *map, const struct path *p,
		       const struct place *at, bool relaxed)
{
	if (at->hook == NOT_A_HOOK)
		return relaxed;
	if (at->hook == p->hook)
		return next_here(map, p, at, relaxed);
	if (!leads_to(map, p, at))
		return false;
	if (path_hook_of(map, at, at->hook)->crowded ||
	    path_hook_of(map, p->last, p->hook)->crowded)
		return true;
	return relaxed || (!path_hook_goes_on(map, p) && !path_before(map, at));
}

/* Of the hooks that a packet passes one after the other each has its own. */
static const uint8_t rank[NF_INET_NUMHOOKS] = {
	[NF_INET_PRE_ROUTING] = 0, [NF_INET_LOCAL_OUT] = 0,
	[NF_INET_LOCAL_IN] = 1, [NF_INET_FORWARD] = 1,
	[NF_INET_POST_ROUTING] = 2,
};

/* Later in the packet's way at all, with events missing in between? */
static bool later(const struct path *p, const struct place *at, uint8_t hook)
{
	if (hook != p->hook && hook < NF_INET_NUMHOOKS)
		return rank[hook] > rank[p->hook];
	if (at->order != p->order)
		return at->order > p->order;
	return at->chain_index != p->last->chain_index ||
	       at->number > p->last->number;
}

/* Is nothing before it at its hook? */
static bool is_first(const struct path_map *map, const struct place *at)
{
	return at->hook != NOT_A_HOOK && at->slot != SLOT_NONE &&
	       !path_before(map, at);
}

/* Where can it be seen first, back over loopback? */
static bool comes_in(const struct path_map *map, const struct place *at)
{
	if (at->hook == NF_INET_LOCAL_IN &&
	    path_hook_of(map, at, NF_INET_PRE_ROUTING)->must)
		return false;
	return path_is_start(at) || is_first(map, at);
}

bool path_is_leaving(const struct path_map *map, const struct path *p)
{
	if (p->hook == NF_INET_POST_ROUTING)
		return true;
	return p->hook == NF_INET_LOCAL_OUT &&
	       !map->hook[path_family(p->last)][NF_INET_POST_ROUTING].must;
}

bool path_may_follow(const struct path_map *map, const struct path *p,
		     const struct place *at, const struct event *e,
		     bool relaxed)
{
	/* The hook of the message is the truth for user chains, too. */
	bool same_hook = e->hook == p->hook || e->hook == EVENT_NO_HOOK;

	if (at->nfproto != p->last->nfproto)
		return false;
	/* Where the rules are not known any more, any of them can come. */
	relaxed |= at->doubt == TEXT_DOUBT_CHANGED ||
		   p->last->doubt == TEXT_DOUBT_CHANGED;
	/* Back from POSTROUTING only over loopback or as multicast's copy. */
	if (path_is_leaving(map, p) && path_loops_back(p, e))
		return (p->state == PATH_QUEUED ||
			(p->state == PATH_TABLE_DONE &&
			 (relaxed || !path_hook_goes_on(map, p)))) &&
		       comes_in(map, at);
	switch (p->state) {
	case PATH_IN_CHAIN:
		if (same_hook && in_chain(p, at))
			return true;
		break;
	case PATH_POLICY:
		if (same_hook && at_policy(p, at))
			return true;
		break;
	case PATH_TABLE_DONE:
		if (next_table(map, p, at, relaxed))
			return true;
		break;
	case PATH_QUEUED:
		/* Accepted: the next table.  Repeated: this one once more. */
		if (next_table(map, p, at, relaxed) ||
		    (same_hook && at->hook == p->hook &&
		     at->order == p->order && at->slot == p->slot))
			return true;
		break;
	case PATH_MAYBE:
		if ((same_hook && in_chain(p, at)) ||
		    next_table(map, p, at, relaxed))
			return true;
		break;
	case PATH_ENDED:
		return false;
	}
	return relaxed && later(p, at, e->hook);
}

bool path_may_go_on(const struct path_map *map, const struct path *p,
		    const struct place *at, const struct event *e)
{
	if (p->state == PATH_ENDED)
		return false;
	/* Headers come with the first event of a base chain, and with no other. */
	if (e->flags & EVENT_NO_HEADERS || e->hook >= NF_INET_NUMHOOKS)
		return true;
	if (e->hook != p->hook)
		return rank[e->hook] > rank[p->hook];
	if (p->state == PATH_QUEUED || at->slot == SLOT_NONE ||
	    path_slot(map, p) == SLOT_NONE)
		return true;
	return path_ahead(map, p) & BIT64(at->slot);
}

bool path_may_fork(const struct path_map *map, const struct path *p,
		   const struct place *at)
{
	/* nft tells of a rule when it is done: its copy is on its way then. */
	if ((p->last->mangles & MANGLE_CLONE || map->copied) &&
	    at->hook == NF_INET_LOCAL_OUT)
		return !path_before(map, at);
	/* A clone goes on behind PREROUTING or OUTPUT, at a table's start. */
	if (at->hook == NF_INET_POST_ROUTING)
		return (p->born_local || !path_hook_of(map, at, NF_INET_FORWARD)->must) &&
		       !path_before(map, at);
	return (at->hook == NF_INET_FORWARD || at->hook == NF_INET_LOCAL_IN) &&
	       !p->born_local && !path_before(map, at);
}

bool path_is_start(const struct place *at)
{
	/* With nft's trigger the first event is that of our own rule. */
	if (at->backend == EVENT_NFT)
		return at->own && at->kind == PLACE_RULE;
	return at->order == T_RAW && (at->hook == NF_INET_PRE_ROUTING ||
				      at->hook == NF_INET_LOCAL_OUT);
}

bool path_is_over(const struct path_map *map, const struct path *p, bool nat)
{
	const struct path_hook *h = path_hook_of(map, p->last, p->hook);
	uint64_t may = nat && !p->last->nat ? h->may : 0;

	if (h->crowded || h->must_later || (nat && h->may_later))
		return false;
	return !((h->must | may) & path_ahead(map, p));
}

bool path_map_has_nat(const struct path_map *map, const struct path *p,
		      unsigned int hook)
{
	return path_hook_of(map, p->last, hook)->may;
}

bool path_nat_ahead(const struct path_map *map, const struct path *p)
{
	return (p->hook == NF_INET_PRE_ROUTING ||
		p->hook == NF_INET_LOCAL_OUT) &&
	       path_hook_of(map, p->last, p->hook)->may & path_ahead(map, p);
}

bool path_nat_was_ahead(const struct path_map *map, const struct path *p,
		     const struct place *entry)
{
	unsigned int first = p->local ? NF_INET_LOCAL_OUT : NF_INET_PRE_ROUTING;
	const struct path_hook *h = path_hook_of(map, p->last, first);

	return entry->hook == first && entry->slot != SLOT_NONE &&
	       h->may & ~h->upto[entry->slot];
}
