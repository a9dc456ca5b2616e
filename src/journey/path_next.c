// SPDX-License-Identifier: GPL-2.0-or-later
/* path_next: which event can come next on a packet's path. */
#include "journey/path_next.h"

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/path.h"
#include "journey/slots.h"
#include "place/place.h"
#include "place/table_order.h"
#include "place/text_doubt.h"
#include "rules/legacy/snapshot.h"

/* The end of the chain that the path is in, or fell back to. */
static bool path_meets_end(const struct path *p, const struct place *at)
{
	if (!at->at_end || at->hook != p->hook ||
	    at->table != p->last->table)
		return false;
	return p->chain == SNAP_NONE || at->chain_index == p->chain;
}

/* The same table at the same hook once more: user space said NF_REPEAT. */
static bool path_meets_again(const struct path *p, const struct place *at)
{
	return at->hook == p->hook && at->order == p->order &&
	       at->slot == p->slot;
}

bool path_walk(struct path *p, const struct place *at)
{
	if (!p->last)
		p->hook = at->hook;
	else if (!(p->state == PATH_IN_CHAIN && path_meets_rule(p, at)) &&
		 !(p->state == PATH_POLICY && path_meets_end(p, at)))
		return false;
	if (at->hook != NOT_A_HOOK)
		p->stack = (struct path_stack){ .depth = 0 };
	p->last = at;
	path_step(p, at);
	return true;
}

/* What it means that these slots of a hook did not see the packet. */
static enum path_answer answer_for(uint64_t missing, const struct path_hook *h)
{
	if (!missing)
		return PATH_STRICT;
	return missing & ~h->nft ? PATH_RELAXED : PATH_GONE;
}

static enum path_answer least(enum path_answer a, enum path_answer b)
{
	return a < b ? a : b;
}

/* Does the way lead from one hook to the other, past hooks without a table? */
static enum path_answer path_leads_to(const struct path *p,
				      const struct observation *o)
{
	const struct path_hook *forward = &o->hooks[NF_INET_FORWARD];
	uint8_t hooks = slots_hooks_after(p);
	enum path_answer past;

	if (hooks & BIT(o->at->hook))
		return PATH_STRICT;
	if (!(hooks & BIT(NF_INET_FORWARD)) ||
	    o->at->hook != NF_INET_POST_ROUTING)
		return PATH_NO;
	past = answer_for(forward->must, forward);
	return past == PATH_RELAXED ? PATH_NO : past;
}

/* A slot of the path's own hook that comes later. */
static enum path_answer path_meets_slot(const struct path_map *map,
					const struct path *p,
					const struct observation *o)
{
	const struct place *at = o->at;
	uint64_t ahead;

	if (o->hooks[at->hook].overflow)
		return PATH_STRICT;
	/* Without tables, as in a file: the usual order. */
	if (at->slot == SLOT_NONE || slots_here(map, p) == SLOT_NONE)
		return at->order > p->order ? PATH_STRICT : PATH_NO;
	ahead = slots_after(map, p);
	if (!(ahead & BIT64(at->slot)))
		return PATH_NO;
	return answer_for(ahead & slots_before(map, at) & ~p->passed,
			  &o->hooks[at->hook]);
}

/* IPVS takes a packet in INPUT, behind filter, and what it sends on begins at OUTPUT again. */
static bool path_is_sent_on(const struct path_map *map, const struct path *p,
			    const struct place *at)
{
	return map->ipvs && p->state == PATH_TABLE_DONE &&
	       p->hook == NF_INET_LOCAL_IN && at->hook == NF_INET_LOCAL_OUT;
}

/* A builtin chain of a later table or hook; strictly: none that must be seen left out. */
static enum path_answer path_meets_table(const struct path_map *map,
					 const struct path *p,
					 const struct observation *o)
{
	const struct place *at = o->at;
	enum path_answer leads;

	if (at->hook == NOT_A_HOOK)
		return PATH_RELAXED;
	if (at->hook == p->hook)
		return path_meets_slot(map, p, o);
	if (path_is_sent_on(map, p, at))
		return answer_for(slots_before(map, at), &o->hooks[at->hook]);
	leads = path_leads_to(p, o);
	if (o->hooks[at->hook].overflow || o->hooks[p->hook].overflow)
		return leads;
	leads = least(leads, answer_for(slots_must_see(map, p),
					&o->hooks[p->hook]));
	return least(leads, answer_for(slots_before(map, at),
				       &o->hooks[at->hook]));
}

/* Of the hooks that a packet passes one after the other each has its own. */
static const uint8_t hook_rank[NF_INET_NUMHOOKS] = {
	[NF_INET_PRE_ROUTING] = 0, [NF_INET_LOCAL_OUT] = 0,
	[NF_INET_LOCAL_IN] = 1, [NF_INET_FORWARD] = 1,
	[NF_INET_POST_ROUTING] = 2,
};

bool path_is_next_hook(const struct path *p, const struct observation *o)
{
	const struct place *at = o->at;
	const struct path_hook *here, *there;

	if (p->state != PATH_TABLE_DONE || at->hook != o->e->hook ||
	    at->hook == p->hook || p->hook == NF_INET_POST_ROUTING ||
	    at->slot == SLOT_NONE || p->slot == SLOT_NONE ||
	    at->nfproto != p->last->nfproto ||
	    !(slots_hooks_after(p) & BIT(at->hook)))
		return false;
	here = &o->hooks[p->hook];
	there = &o->hooks[at->hook];
	return !here->overflow && !there->overflow && !p->excused &&
	       !(here->must & ~here->upto[p->slot]) &&
	       !(there->must & there->below[at->slot]);
}

/* Later in the packet's way at all, with events missing in between? */
static bool path_meets_later(const struct path *p, const struct place *at,
			     uint8_t hook)
{
	if (hook != p->hook && hook < NF_INET_NUMHOOKS)
		return hook_rank[hook] > hook_rank[p->hook];
	if (at->order != p->order)
		return at->order > p->order;
	return at->chain_index != p->last->chain_index ||
	       at->number > p->last->number;
}

/* Is nothing before the place at its hook? */
static bool is_first(const struct path_map *map, const struct place *at)
{
	return at->hook != NOT_A_HOOK && at->slot != SLOT_NONE &&
	       !slots_before(map, at);
}

/* Where can a packet be seen first, back over loopback? */
static bool is_way_in(const struct path_map *map, const struct observation *o)
{
	if (o->at->hook == NF_INET_LOCAL_IN &&
	    o->hooks[NF_INET_PRE_ROUTING].must)
		return false;
	return o->is_start || is_first(map, o->at);
}

bool path_is_leaving(const struct path_map *map, const struct path *p)
{
	if (p->hook == NF_INET_POST_ROUTING)
		return true;
	/* A witness there may have gone: the run ends. */
	return p->hook == NF_INET_LOCAL_OUT &&
	       !(slots_hook(map, p->last, NF_INET_POST_ROUTING)->must &
		 ~map->witness[slots_family(p->last)][NF_INET_POST_ROUTING]);
}

/* Back from POSTROUTING, as only loopback, multicast's copy and a VRF's packets come. */
static enum path_answer path_comes_back(const struct path_map *map,
					const struct path *p,
					const struct observation *o)
{
	if (!is_way_in(map, o))
		return PATH_NO;
	switch (p->state) {
	case PATH_QUEUED:
		return PATH_STRICT;
	case PATH_TABLE_DONE:
		return answer_for(slots_must_see(map, p), &o->hooks[p->hook]);
	case PATH_MAYBE:
		return p->last->straddles ? PATH_RELAXED : PATH_NO;
	default:
		return PATH_NO;
	}
}

/* What an event can be to a path, a bit each. */
enum {
	MEETS_RULE = BIT(0),	/* a later rule of the chain */
	MEETS_END = BIT(1),	/* the chain's end */
	MEETS_TABLE = BIT(2),	/* a later table or hook */
	MEETS_AGAIN = BIT(3),	/* the same table once more */
};

/* What may come next, by enum path_state; of what has ended nothing. */
static const uint8_t may_meet[] = {
	[PATH_IN_CHAIN] = MEETS_RULE,
	[PATH_POLICY] = MEETS_END,
	[PATH_TABLE_DONE] = MEETS_TABLE,
	/* Accepted: the next table.  Repeated: this one. */
	[PATH_QUEUED] = MEETS_TABLE | MEETS_AGAIN,
	[PATH_ENDED] = 0,
	[PATH_MAYBE] = MEETS_RULE | MEETS_TABLE,
};

/* A base chain of nft that the packet has behind it, whatever is known of rules: its buffer is another's. */
static bool path_is_behind(const struct path_map *map, const struct path *p,
			   const struct observation *o)
{
	return o->e->nft && !path_may_go_on(map, p, o);
}

static enum path_answer path_goes_on(const struct path_map *map,
				     const struct path *p,
				     const struct observation *o)
{
	unsigned int may = may_meet[p->state];
	enum path_answer answer = PATH_NO;

	if (!may)
		return PATH_NO;
	/* The hook of the message is the truth for user chains, too. */
	if (o->e->hook == p->hook || o->e->hook == EVENT_NO_HOOK) {
		if ((may & MEETS_RULE && path_meets_rule(p, o->at)) ||
		    (may & MEETS_END && path_meets_end(p, o->at)) ||
		    (may & MEETS_AGAIN && path_meets_again(p, o->at)))
			return PATH_STRICT;
	}
	if (may & MEETS_TABLE)
		answer = path_meets_table(map, p, o);
	if (answer == PATH_NO && path_meets_later(p, o->at, o->e->hook) &&
	    !path_is_behind(map, p, o))
		return PATH_RELAXED;
	return answer;
}

enum path_answer path_may_follow(const struct path_map *map,
				 const struct path *p,
				 const struct observation *o)
{
	enum path_answer answer;

	if (o->at->nfproto != p->last->nfproto)
		return PATH_NO;
	if (path_crosses_vrf(p, o) ||
	    (path_loops_back(p, o) && path_is_leaving(map, p)))
		answer = path_comes_back(map, p, o);
	else
		answer = path_goes_on(map, p, o);
	/* Where the rules are not known any more, or not yet, any of them can come. */
	if (answer == PATH_RELAXED &&
	    (path_is_nowhere(o) || text_doubt_is_of_rules(o->at->doubt) ||
	     text_doubt_is_of_rules(p->last->doubt)))
		return PATH_STRICT;
	return answer;
}

bool path_may_go_on(const struct path_map *map, const struct path *p,
		    const struct observation *o)
{
	uint8_t hook = o->e->hook;

	if (p->state == PATH_ENDED)
		return false;
	/* Headers come with the first event of a base chain, and with no other. */
	if (o->headers == HEADERS_NONE || hook >= NF_INET_NUMHOOKS)
		return true;
	if (hook != p->hook)
		return hook_rank[hook] > hook_rank[p->hook] ||
		       path_is_sent_on(map, p, o->at);
	if (p->state == PATH_QUEUED || o->at->slot == SLOT_NONE ||
	    slots_here(map, p) == SLOT_NONE)
		return true;
	return slots_after(map, p) & BIT64(o->at->slot);
}

bool path_is_later(const struct path *p, const struct observation *o)
{
	return path_meets_later(p, o->at, o->e->hook);
}

/* A text of nft's does not tell that a called chain came to its end. */
static bool is_return(const struct path *p, const struct place *at)
{
	if (p->state != PATH_IN_CHAIN || at->table != p->last->table)
		return false;
	/* Behind a goto the base chain's own end is next. */
	if (at->kind == PLACE_POLICY && at->slot == p->slot)
		return true;
	for (unsigned int i = 0; i < p->stack.depth; i++)
		if (p->stack.call[i].chain == at->chain_index)
			return true;
	return false;
}

bool path_leaves_out(const struct path_map *map, const struct path *p,
		     const struct observation *o)
{
	const struct place *at = o->at;
	uint32_t after = 0;

	/* Base chains of nft that no rules tell of: nobody knows what is between. */
	if (at->backend == EVENT_NFT && at->slot == SLOT_NONE &&
	    o->headers != HEADERS_NONE)
		return false;
	if (at->backend == EVENT_NFT && is_return(p, at))
		return false;
	if (path_may_follow(map, p, o) != PATH_STRICT)
		return true;
	/* Back in a builtin chain by RETURN, or from a queue: by no rule. */
	if (p->state == PATH_POLICY || p->state == PATH_QUEUED ||
	    p->chain == SNAP_NONE)
		return false;
	if (p->state != PATH_TABLE_DONE && p->chain == at->chain_index)
		after = p->after;
	return at->sure_before > after;
}

bool path_may_copy(const struct path_map *map, const struct path *p,
		   const struct observation *o)
{
	unsigned int hook = o->at->hook;

	/* nft tells of a rule when it is done: its copy is on its way then. */
	if ((p->last->mangles & MANGLE_CLONE || map->copied) &&
	    hook == NF_INET_LOCAL_OUT)
		return !slots_before(map, o->at);
	/* A copy goes on behind PREROUTING or OUTPUT, at a table's start. */
	if (hook == NF_INET_POST_ROUTING)
		return (p->born_local || !o->hooks[NF_INET_FORWARD].must) &&
		       !slots_before(map, o->at);
	return (hook == NF_INET_FORWARD || hook == NF_INET_LOCAL_IN) &&
	       !p->born_local && !slots_before(map, o->at);
}
