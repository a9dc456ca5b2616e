// SPDX-License-Identifier: GPL-2.0-or-later
/* path: how far through hooks, tables and chains a packet is. */
#include "journey/path.h"

#include <string.h>

#include "capture/event.h"
#include "journey/slots.h"
#include "place/place.h"
#include "rules/legacy/snapshot.h"

/* A new hook has all its slots before it; a new table of it is one. */
static inline void path_note_slot(struct path *p, const struct place *at,
			   uint8_t hook)
{
	if (hook != p->hook)
		p->seen = p->passed = 0;
	if (at->slot != SLOT_NONE)
		p->slot = at->slot;
	else if (hook != p->hook || !p->last || at->table != p->last->table)
		p->slot = SLOT_NONE;
	if (p->slot != SLOT_NONE)
		p->seen |= BIT64(p->slot);
}

bool path_is_nowhere(const struct observation *o)
{
	return o->at->state == PLACE_PENDING && o->at->hook == NOT_A_HOOK &&
	       o->headers != HEADERS_NONE;
}

bool path_is_vrf(const uint32_t *vrf, uint32_t index)
{
	while (*vrf && *vrf != index)
		vrf++;
	return *vrf;
}

bool path_meets_vrf(const struct path *p, const struct observation *o)
{
	const struct event *e = o->e;

	if (e->hook == NF_INET_PRE_ROUTING)
		return p->hook == NF_INET_PRE_ROUTING && p->look.view.in &&
		       e->in != p->look.view.in && path_is_vrf(o->vrf, e->in);
	return e->hook == NF_INET_LOCAL_OUT && p->local && e->out &&
	       (p->hook == NF_INET_LOCAL_OUT || p->hook == NF_INET_POST_ROUTING) &&
	       e->out != p->out && path_is_vrf(o->vrf, p->out);
}

static inline void path_note(struct path *p, const struct observation *o)
{
	const struct event *e = o->e;
	const struct place *at = o->at;
	/* nft tells no hook; a chain that many call is where the packet is. */
	uint8_t hook = e->hook < NF_INET_NUMHOOKS ? e->hook : p->hook;

	if (p->last && path_crosses_vrf(p, o))
		p->seen = p->passed = 0;
	/* Until it is read the packet is where it was. */
	if (!p->last || !path_is_nowhere(o)) {
		path_note_slot(p, at, hook);
		p->order = at->order;
	}
	p->last = at;
	p->hook = hook;
	if (hook == NF_INET_LOCAL_OUT)
		p->local = true;
	else if (hook == NF_INET_PRE_ROUTING || hook == NF_INET_LOCAL_IN)
		p->local = false;
	if (e->out)
		p->out = e->out;
}

static void stack_push(struct path_stack *s, const struct place *at)
{
	if (s->depth == PATH_DEPTH) {
		/* Deeper than we keep: forget the outermost. */
		memmove(s->call, s->call + 1,
			(PATH_DEPTH - 1) * sizeof(s->call[0]));
		s->depth--;
		s->unknown = true;
	}
	s->call[s->depth].chain = at->chain_index;
	s->call[s->depth].number = at->number;
	s->depth++;
}

/* Behind the rule that called this chain; from a builtin chain: its policy. */
static void path_return(struct path *p, const struct place *at)
{
	struct path_stack *s = &p->stack;

	if (s->depth) {
		s->depth--;
		p->chain = s->call[s->depth].chain;
		p->after = s->call[s->depth].number;
		p->state = PATH_IN_CHAIN;
	} else if (at->hook != NOT_A_HOOK) {
		p->chain = at->chain_index;
		p->after = at->last - 1;
		p->state = PATH_POLICY;
	} else {
		/* With all callers known: goto from a builtin chain, to its policy. */
		p->chain = SNAP_NONE;
		p->after = 0;
		p->state = s->unknown ? PATH_IN_CHAIN : PATH_POLICY;
	}
}

static void path_enter(struct path *p, const struct place *at)
{
	p->chain = at->target_chain;
	p->after = 0;
	p->state = PATH_IN_CHAIN;
}

/* The kernel calls it a policy: whatever it is, no other rule of the table comes behind it. */
static bool is_end_of_table(const struct place *at)
{
	return at->kind == PLACE_POLICY && at->hook != NOT_A_HOOK;
}

void path_step(struct path *p, const struct place *at)
{
	switch (at->effect) {
	case EFFECT_CONTINUE:
		path_stay(p, at, PATH_IN_CHAIN);
		break;
	case EFFECT_JUMP:
		stack_push(&p->stack, at);
		path_enter(p, at);
		break;
	case EFFECT_GOTO:
		path_enter(p, at);
		break;
	case EFFECT_RETURN:
		path_return(p, at);
		break;
	case EFFECT_ACCEPT:
		p->state = PATH_TABLE_DONE;
		break;
	case EFFECT_DROP:
	case EFFECT_REJECT:
		p->state = PATH_ENDED;
		break;
	case EFFECT_QUEUE:
		p->held = true;
		path_stay(p, at, PATH_QUEUED);
		break;
	case EFFECT_UNKNOWN:
		/* Anywhere in this table, or behind it, called from anywhere. */
		p->straddles |= at->straddles;
		p->stack.depth = 0;
		p->stack.unknown = true;
		p->chain = SNAP_NONE;
		p->after = 0;
		p->state = PATH_MAYBE;
		if (is_end_of_table(at))
			path_stay(p, at, PATH_MAYBE);
		break;
	case EFFECT_STEAL:
	case EFFECT_MAYBE:
		path_stay(p, at, PATH_MAYBE);
		break;
	}
}

/* Which slots of the event's hook run before its own, or behind it, nobody knows. */
static uint64_t of_one_priority(const struct observation *o)
{
	uint8_t slot = o->at->slot;
	const struct path_hook *h;

	if (slot == SLOT_NONE || o->at->hook >= NF_INET_NUMHOOKS)
		return 0;
	h = &o->hooks[o->at->hook];
	return h->upto[slot] & ~h->below[slot] & ~BIT64(slot);
}

void path_begin(struct path *p, const struct observation *o)
{
	memset(p, 0, sizeof(*p));
	p->stack.unknown = o->at->hook == NOT_A_HOOK;
	path_note(p, o);
	p->passed = of_one_priority(o);
	p->born_local = p->local;
	path_step(p, o->at);
}

void path_advance(struct path *p, const struct observation *o)
{
	const struct place *at = o->at;
	bool expected = p->state != PATH_TABLE_DONE && (p->chain == SNAP_NONE ||
						p->chain == at->chain_index);

	/* A new table, or joined again after a gap. */
	if (at->hook != NOT_A_HOOK || !expected) {
		p->stack.depth = 0;
		p->stack.unknown = at->hook == NOT_A_HOOK;
	}
	path_note(p, o);
	if (at->effect == EFFECT_CONTINUE)
		path_stay(p, at, PATH_IN_CHAIN);
	else
		path_step(p, at);
}

void path_link(struct path *p, const struct place *at)
{
	static const uint8_t states[EFFECT_UNKNOWN + 1] = {
		[EFFECT_DROP] = PATH_ENDED, [EFFECT_REJECT] = PATH_ENDED,
		[EFFECT_STEAL] = PATH_MAYBE, [EFFECT_QUEUE] = PATH_QUEUED,
	};

	if (!states[at->effect])
		return;
	p->last = at;
	p->state = states[at->effect];
}

void path_is_at(struct path *p, const struct place *at)
{
	if (p->born_local && !p->local)
		return;
	p->hook = at->hook;
	p->slot = at->slot;
	p->order = at->order;
}

void path_is_known(struct path *p, const struct place *at)
{
	p->last = at;
	p->stack.depth = 0;
	p->stack.unknown = true;
	path_step(p, at);
}

bool path_is_over(const struct path_map *map, const struct path *p, bool nat)
{
	const struct path_hook *h = slots_hook(map, p->last, p->hook);
	uint64_t may = nat && !p->last->nat ? h->may : 0;

	/* Behind filter IPVS may take it, and send it on from OUTPUT. */
	if (map->ipvs && p->hook == NF_INET_LOCAL_IN && !p->last->witness)
		return false;
	if (slots_have_later(map, p) || (nat && h->may_later))
		return false;
	return !((h->must | may) & slots_after(map, p));
}

bool path_map_has_nat(const struct path_map *map, const struct path *p,
		      unsigned int hook)
{
	return slots_hook(map, p->last, hook)->may;
}

bool path_nat_ahead(const struct path_map *map, const struct path *p)
{
	return (p->hook == NF_INET_PRE_ROUTING ||
		p->hook == NF_INET_LOCAL_OUT) &&
	       slots_hook(map, p->last, p->hook)->may & slots_after(map, p);
}

bool path_nat_was_ahead(const struct path_map *map, const struct path *p,
		     const struct place *entry)
{
	unsigned int first = p->local ? NF_INET_LOCAL_OUT : NF_INET_PRE_ROUTING;
	const struct path_hook *h = slots_hook(map, p->last, first);

	return entry->hook == first && entry->slot != SLOT_NONE &&
	       h->may & ~h->upto[entry->slot];
}
