/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journey_again: a packet's next event, of which nothing is new but the rule: the next on its path. */
#ifndef NFTRACE_JOURNEY_AGAIN_H
#define NFTRACE_JOURNEY_AGAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "capture/event.h"
#include "journey/change.h"
#include "journey/journey_room.h"
#include "journey/path.h"
#include "journey/path_next.h"
#include "journey/slots.h"
#include "place/path_map.h"
#include "place/place_types.h"

/* Does the path go on in its chain, at one hook and in one slot? */
static inline bool journey_again_in_chain(const struct path *p,
					  const struct event *e,
					  const struct place *at)
{
	return p->state == PATH_IN_CHAIN && e->hook == p->hook &&
	       at->chain_index == p->chain && path_meets_rule(p, at) &&
	       (at->slot == p->slot || at->slot == SLOT_NONE);
}

/* Or from the end of a table to the next one at its hook, none left out? */
static inline bool journey_again_in_table(const struct path *p,
					  const struct event *e,
					  const struct place *at,
					  const struct path_map *map)
{
	const struct path_hook *h;
	uint64_t ahead;

	if (p->state != PATH_TABLE_DONE || e->hook != p->hook ||
	    at->hook != p->hook || at->slot == SLOT_NONE ||
	    p->slot == SLOT_NONE || at->nfproto != p->last->nfproto)
		return false;
	h = slots_hook(map, at, at->hook);
	ahead = ~h->below[p->slot] & ~(p->seen | BIT64(p->slot));
	return !h->overflow && ahead & BIT64(at->slot) &&
	       !(ahead & h->must & h->below[at->slot] & ~p->passed);
}

/**
 * journey_again_may - is that all that the event is to the journey, of one branch?
 * @e: of a legacy table; its .told is that of the journey's last event
 *
 * What does more than place.only_steps is told of by journey_record().
 */
static inline bool journey_again_may(const struct journey *j,
				     const struct event *e,
				     const struct place *at,
				     const struct path_map *map)
{
	return e->told == j->again && e->told && at->only_steps &&
	       (journey_again_in_chain(&j->path[0], e, at) ||
		journey_again_in_table(&j->path[0], e, at, map));
}

/** journey_again_fill - a step of an event, of the packet itself */
static inline void journey_again_fill(struct step *s, const struct event *e,
				      const struct place *at)
{
	s->place = at;
	s->mark = e->mark;
	s->in = e->in;
	s->out = e->out;
	s->phys_in = e->phys_in;
	s->phys_out = e->phys_out;
	s->branch = 0;
	s->one_backend = false;
	s->ages = at->ages;
	s->renewal = at->renewal;
}

/** journey_again_stamp - the packet's, as its events show it */
static inline void journey_again_stamp(struct journey *j, const struct event *e)
{
	if (!(e->flags & EVENT_HAS_STAMP))
		return;
	if (j->stamp.events && j->stamp.ns != e->stamp_ns)
		j->flags |= JOURNEY_TIMES;
	else if (j->stamp.events < UINT8_MAX)
		j->stamp.events++;
	j->stamp.ns = e->stamp_ns;
}

/** journey_again_stamped - the same stamp once more, or none as before */
static inline void journey_again_stamped(struct journey *j)
{
	if (j->stamp.events && j->stamp.events < UINT8_MAX)
		j->stamp.events++;
}

/** journey_again - path_advance() and journey_record() of such an event */
static inline void journey_again(struct journey *j, const struct event *e,
				 const struct place *at)
{
	struct path *p = &j->path[0];
	struct step *s;

	if (at->hook != NOT_A_HOOK) {
		p->stack.depth = 0;
		p->stack.unknown = false;
	}
	if (at->slot != SLOT_NONE) {
		p->slot = at->slot;
		p->seen |= BIT64(at->slot);
	}
	p->last = at;
	p->order = at->order;
	if (at->effect == EFFECT_CONTINUE)
		path_stay(p, at, PATH_IN_CHAIN);
	else
		path_step(p, at);
	j->flags |= JOURNEY_LEGACY;
	change_none(j, p);
	journey_again_stamped(j);
	s = journey_next_step(j);
	if (s)
		journey_again_fill(s, e, at);
}

#endif
