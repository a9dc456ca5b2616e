// SPDX-License-Identifier: GPL-2.0-or-later
/* journey_end: when a journey is over, and what its silence means. */
#include "journey/journey_end.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "journey/journey.h"
#include "journey/looped.h"
#include "journey/path_fate.h"
#include "journey/path_next.h"
#include "journey/reroute.h"
#include "journey/slots.h"
#include "place/ct_rule.h"
#include "place/place.h"
#include "rules/base/units.h"

enum { TCP_RST = 0x04 };

/* Silence after which nothing is expected any more, when not all was seen. */
static const uint64_t SILENCE_MS = 250, QUEUE_SILENCE_MS = 1000;

/*
 * What this host sends to many has one copy, which comes in (ip_mc_output); a rule that
 * makes copies makes more.
 */
static bool has_its_copy(const struct journey *j, const struct path_map *map)
{
	bool came_in = false, went_out = false;

	if (!j->path[0].born_local || j->flags & JOURNEY_CLONED || map->copied)
		return false;
	for (unsigned int b = 0; b < j->branches; b++) {
		came_in |= !j->path[b].local;
		went_out |= j->path[b].local;
	}
	return came_in && went_out;
}

/* Copies of a packet are made behind its first hook. */
static bool may_get_copies(const struct journey *j, const struct path_map *map)
{
	const struct path *p = &j->path[0];

	if (!(j->flags & JOURNEY_COPIES) || has_its_copy(j, map))
		return false;
	return p->state != PATH_ENDED ||
	       (p->hook != NF_INET_PRE_ROUTING && p->hook != NF_INET_LOCAL_OUT);
}

/*
 * REJECT's reset belongs to the connection that it refuses, whose destination
 * has been decided: nat is asked at POSTROUTING, and only there.
 */
static bool may_be_refusal(const struct journey *j, const struct path *p)
{
	return p->local && j->first.proto == IPPROTO_TCP &&
	       j->first.tcp_flags & TCP_RST;
}

/*
 * Nat is asked for the first packet of a connection: at its first hook for the
 * destination, at its last for the source, and not again behind loopback.  Its
 * silence at the first hook tells the others, if it could have spoken there.
 */
static bool nat_may_come(const struct journey *j, const struct path *p,
			 const struct path_map *map)
{
	if (p->born_local && !p->local)
		return false;
	return j->flags & JOURNEY_NAT || path_nat_ahead(map, p) ||
	       may_be_refusal(j, p) ||
	       !path_nat_was_ahead(map, p, j->entry.place);
}

/* At the end of the hooks that it may pass again, as a VRF's or as what is sent by its port. */
static bool may_cross_vrf(const struct path_map *map, const struct path *p)
{
	if (p->hook == NF_INET_PRE_ROUTING)
		return !path_is_vrf(map->vrf, p->look.view.in);
	return p->local && path_is_vrf(map->vrf, p->out);
}

static bool branch_is_over(const struct journey *j, const struct path *p,
			   const struct path_map *map)
{
	if (p->state == PATH_ENDED)
		return true;
	/* Of chains that no rules tell of more may come. */
	if (map->excerpt && p->last->backend == EVENT_NFT &&
	    p->slot == SLOT_NONE)
		return false;
	if (p->state != PATH_TABLE_DONE ||
	    (p->out == LOOPBACK_IFINDEX && path_is_leaving(map, p)))
		return false;
	if (map->vrf[0] && may_cross_vrf(map, p))
		return false;
	return !slots_have_later(map, p) &&
	       path_is_over(map, p, nat_may_come(j, p, map)) &&
	       !(map->link_behind && p->hook != NF_INET_LOCAL_IN);
}

bool journey_is_over(const struct journey *j, const struct path_map *map)
{
	for (unsigned int b = 0; b < j->branches; b++)
		if (!branch_is_over(j, &j->path[b], map))
			return false;
	return !may_get_copies(j, map);
}

bool journey_passed_nat(const struct journey *j, const struct path_map *map)
{
	const struct path *p = &j->path[0];
	uint8_t first = p->local ? NF_INET_LOCAL_OUT : NF_INET_PRE_ROUTING;

	if (j->flags & (JOURNEY_NAT | JOURNEY_GAP | JOURNEY_HEADLESS))
		return false;
	return p->hook != first && path_map_has_nat(map, p, first);
}

const struct place *journey_untracked_by(const struct journey *j)
{
	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (j->step[i].branch == 0 && j->step[i].place->ct & CT_RULE_UNTRACKS)
			return j->step[i].place;
	return NULL;
}

/* A chain that was silent may have come too late for it, or gone too early. */
static void doubt_silence(const struct journey *j, const struct path_map *map,
			  struct fate *fate)
{
	if (fate->kind != FATE_LOST || j->map_changes == map->changes)
		return;
	fate->kind = FATE_UNKNOWN;
	fate->cause = "tables or base chains came or went while it passed";
}

void journey_goes_on(struct journey *j, unsigned int b,
		     const struct path_map *map)
{
	j->path[b].state = PATH_TABLE_DONE;
	path_fate(map, &j->path[b], &j->fate[b]);
	doubt_silence(j, map, &j->fate[b]);
}

/*
 * The run's own chains are the last to go, when all that is under way has passed
 * them: but for what user space held then, and what this host was about to send,
 * for which no CPU is waited for between two hooks, or sends to itself.
 */
static bool may_miss_witness(const struct journey *j, const struct path *p,
			     const struct path_map *map)
{
	return map->ending_ns &&
	       (map->witness_gone || p->held ||
		(p->born_local && j->last_ns + SILENCE_MS * NS_PER_MS >
					  map->ending_ns));
}

static void find_fate(struct journey *j, unsigned int b,
		      const struct path_map *map)
{
	struct path *p = &j->path[b];

	if (p->looped) {
		looped_fate(p, &j->fate[b]);
		return;
	}
	p->excused = may_miss_witness(j, p, map);
	path_fate(map, p, &j->fate[b]);
	doubt_silence(j, map, &j->fate[b]);
	reroute_doubt(j, b, &j->fate[b]);
}

void journey_find_fates(struct journey *j, const struct path_map *map)
{
	looped_add(j, map);
	for (unsigned int b = 0; b < j->branches; b++) {
		find_fate(j, b, map);
		if (j->flags & (JOURNEY_GAP | JOURNEY_HEADLESS)) {
			j->fate[b].kind = FATE_INCOMPLETE;
			j->fate[b].by = NULL;
		}
	}
}

uint64_t journey_patience_ns(const struct journey *j)
{
	/* User space takes its time. */
	for (unsigned int b = 0; b < j->branches; b++)
		if (j->path[b].state == PATH_QUEUED)
			return QUEUE_SILENCE_MS * NS_PER_MS;
	for (unsigned int b = 0; b < j->branches; b++)
		if (j->path[b].state != PATH_TABLE_DONE &&
		    j->path[b].state != PATH_ENDED)
			return SILENCE_MS * NS_PER_MS;
	if (j->flags & JOURNEY_COPIES &&
	    j->path[0].hook != NF_INET_PRE_ROUTING)
		return JOURNEY_PATIENCE_MS * NS_PER_MS;
	return SILENCE_MS * NS_PER_MS;
}
