/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path: how far through hooks, tables and chains a packet is. */
#ifndef NFTRACE_PATH_H
#define NFTRACE_PATH_H

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdbool.h>

#include "capture/event.h"
#include "journey/observation.h"
#include "journey/path_types.h"
#include "place/path_map.h"
#include "place/place_types.h"

/** path_begin - the first event of a packet, or of a copy */
void path_begin(struct path *p, const struct observation *o);

/** path_advance - one more event, which the caller has found possible */
void path_advance(struct path *p, const struct observation *o);

/** path_step - what the rule of the last event does with the packet */
void path_step(struct path *p, const struct place *at);

/** path_stay - behind the rule, in its chain; @state: of enum path_state, one with a chain */
static inline void path_stay(struct path *p, const struct place *at, uint8_t state)
{
	p->chain = at->chain_index;
	p->after = at->number;
	p->state = state;
}

/**
 * path_link - a rule outside IP's hooks has seen the packet on its way
 *
 * Where at IP's hooks the packet is stays as it was, unless the rule kept it.
 */
void path_link(struct path *p, const struct place *at);

/**
 * path_is_at - the last event was in this base chain, as is known only now
 *
 * Nothing is done to a packet that came back over loopback: where that was seen
 * it is for certain.
 */
void path_is_at(struct path *p, const struct place *at);

/** path_is_known - the rule of the last event, as is known only now */
void path_is_known(struct path *p, const struct place *at);

/** path_is_nowhere - an event of a base chain that was not read yet: nobody knows of which hook */
bool path_is_nowhere(const struct observation *o);

/** path_is_vrf - is the interface one of path_map.vrf's? */
bool path_is_vrf(const uint32_t *vrf, uint32_t index);

/** path_meets_vrf - path_crosses_vrf() where there are VRFs */
bool path_meets_vrf(const struct path *p, const struct observation *o);

/**
 * path_crosses_vrf - an event of the packet's first hook, which it has passed
 *
 * What a VRF's port gets passes PREROUTING again as the VRF's, and what is sent by a
 * VRF OUTPUT and POSTROUTING again as the port's.
 */
static inline bool path_crosses_vrf(const struct path *p,
				    const struct observation *o)
{
	return o->vrf && path_meets_vrf(p, o);
}

/** path_loops_back - a packet behind its last hook, and an event where it would come in again */
static inline bool path_loops_back(const struct path *p,
				   const struct observation *o)
{
	return o->enters &&
	       (p->hook == NF_INET_POST_ROUTING ||
		p->hook == NF_INET_LOCAL_OUT) &&
	       (o->e->hook == NF_INET_PRE_ROUTING || p->local);
}

/**
 * path_is_over - at the end of a table, and nothing can come any more
 * @nat: nat may be asked at later hooks, and here unless its rule has translated
 */
bool path_is_over(const struct path_map *map, const struct path *p, bool nat);

/** path_map_has_nat - is there a nat table at @hook? */
bool path_map_has_nat(const struct path_map *map, const struct path *p,
		      unsigned int hook);

/** path_nat_ahead - is the packet at its first hook, and may nat still be asked there? */
bool path_nat_ahead(const struct path_map *map, const struct path *p);

/**
 * path_nat_was_ahead - had the packet nat of its first hook before it when it came in?
 * @entry: of its first event
 */
bool path_nat_was_ahead(const struct path_map *map, const struct path *p,
			const struct place *entry);

#endif
