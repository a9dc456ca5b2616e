// SPDX-License-Identifier: GPL-2.0-or-later
/* path_fate: what the silence after a packet's last event means. */
#include "journey/path_fate.h"

#include <stddef.h>

#include "capture/event.h"
#include "journey/fate.h"
#include "journey/path.h"
#include "journey/slots.h"
#include "place/place.h"
#include "place/table_order.h"
#include "rules/base/units.h"

/* Would a packet that went on have been seen, whichever hook came next? */
static bool would_be_seen(const struct path_map *map, const struct path *p)
{
	uint8_t hooks = slots_hooks_after(p);

	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (hooks & BIT(h) && !slots_expected(map, p, h))
			return false;
	return true;
}

/* Behind its hook's last table. */
static uint8_t fate_behind_hook(const struct path_map *map,
				const struct path *p)
{
	switch (p->hook) {
	case NF_INET_LOCAL_IN:
		return FATE_DELIVERED;
	case NF_INET_POST_ROUTING:
		return p->local ? FATE_SENT : FATE_FORWARDED;
	case NF_INET_FORWARD:
		return would_be_seen(map, p) ? FATE_LOST : FATE_FORWARDED;
	case NF_INET_LOCAL_OUT:
		return would_be_seen(map, p) ? FATE_LOST : FATE_SENT;
	default:
		return would_be_seen(map, p) ? FATE_LOST : FATE_UNKNOWN;
	}
}

/* Are chains at its hook that the map has no room for, any of which may be the last? */
static bool has_overflow(const struct path_map *map, const struct path *p)
{
	return slots_hook(map, p->last, p->hook)->overflow && !p->last->witness;
}

/* Behind a table: gone for certain if another one had to see the packet here. */
static uint8_t fate_behind_table(const struct path_map *map,
				 const struct path *p)
{
	if (has_overflow(map, p))
		return FATE_UNKNOWN;
	return slots_must_see(map, p) ? FATE_LOST : fate_behind_hook(map, p);
}

bool path_would_show(const struct path_map *map, const struct path *p)
{
	struct path on = *p;

	on.state = PATH_TABLE_DONE;
	return fate_behind_table(map, &on) == FATE_LOST;
}

/* An unknown target keeps a packet, drops it, or lets it go on. */
static bool can_steal(const struct place *at)
{
	return at->effect == EFFECT_STEAL || at->steals;
}

/* Within a chain, behind a rule that keeps no packet. */
static bool is_midway(const struct path *p)
{
	return (p->state == PATH_IN_CHAIN || p->state == PATH_POLICY) &&
	       p->last->effect != EFFECT_UNKNOWN;
}

/* Behind a target that may do anything, or nothing, to a packet. */
static bool is_maybe(const struct path *p)
{
	return p->state == PATH_MAYBE && p->last->effect == EFFECT_MAYBE;
}

/* What silence means by the state of the path, if the map tells all. */
static uint8_t verdict(const struct path_map *map, const struct path *p)
{
	switch (p->state) {
	case PATH_ENDED:
		return p->last->effect == EFFECT_REJECT ? FATE_REJECT
							: FATE_DROP;
	case PATH_QUEUED:
		return FATE_QUEUE;
	case PATH_TABLE_DONE:
		return fate_behind_table(map, p);
	default:
		/* The chain has an end that would have been reported. */
		return can_steal(p->last) ? FATE_STOLEN : FATE_UNKNOWN;
	}
}

/* The fates that the rule of the last event decided. */
static const bool has_decider[FATE_COUNT] = {
	[FATE_DROP] = true, [FATE_REJECT] = true, [FATE_QUEUE] = true,
	[FATE_STOLEN] = true,
};

static void fate_is_unknown(struct fate *fate, const char *cause)
{
	fate->kind = FATE_UNKNOWN;
	fate->by = NULL;
	fate->cause = cause;
}

static void caveat_overflow(const struct path_map *map, const struct path *p,
			    struct fate *fate)
{
	if (p->state == PATH_TABLE_DONE && has_overflow(map, p))
		fate_is_unknown(fate, "too many chains of nft are at this "
				"hook to tell which is the last");
}

/* Each rule behind it, and the end, would have been reported. */
static void caveat_midway(const struct path_map *map, const struct path *p,
			  struct fate *fate)
{
	(void)map;
	if (is_midway(p) && !fate->cause)
		fate->cause = "its chain goes on, and no rule was reported: "
			      "a match may have dropped it";
}

/* A target that nobody knows here did something, and tells of nothing. */
static void caveat_target(const struct path_map *map, const struct path *p,
			  struct fate *fate)
{
	(void)map;
	if (is_maybe(p) && fate->kind == FATE_UNKNOWN && !fate->cause)
		fate->cause = "the target of its last rule can have dropped or "
			      "kept it";
}

static void caveat_untraced(const struct path_map *map, const struct path *p,
			    struct fate *fate)
{
	if (map->untraced &&
	    (fate->kind == FATE_LOST || is_midway(p) || is_maybe(p)))
		fate_is_unknown(fate, "a rule of nft here ends tracing (meta "
				"nftrace set 0)");
}

/* Conntrack may have sent the packet elsewhere than it was to go at OUTPUT. */
static void caveat_rerouted(const struct path_map *map, const struct path *p,
			    struct fate *fate)
{
	if (fate->kind == FATE_SENT && p->hook == NF_INET_LOCAL_OUT &&
	    path_map_has_nat(map, p, p->hook))
		fate->out = 0;
}

/* A rule may have dropped the packet, only none that would be shown. */
static void caveat_unseen(const struct path_map *map, const struct path *p,
			  struct fate *fate)
{
	(void)p;
	if (fate->kind == FATE_LOST && map->nft_unseen)
		fate_is_unknown(fate, "nft has rules here that are not seen");
}

/* What this host sends to itself comes in again, and is seen there. */
static bool must_come_back(const struct path_map *map, const struct path *p,
			   const struct fate *fate)
{
	return fate->kind == FATE_SENT && p->out == LOOPBACK_IFINDEX &&
	       (slots_hook(map, p->last, NF_INET_PRE_ROUTING)->must ||
		slots_hook(map, p->last, NF_INET_LOCAL_IN)->must);
}

/* What a table of which nothing is known made of the packet is not known either. */
static void caveat_lacking(const struct path_map *map, const struct path *p,
			   struct fate *fate)
{
#define LACKING(table) \
	"table " table " is in the text, and not in the rules given (--rules)"
	static const char *const causes[T_COUNT] = {
		[T_RAW] = LACKING("raw"), [T_MANGLE] = LACKING("mangle"),
		[T_FILTER] = LACKING("filter"),
		[T_SECURITY] = LACKING("security"),
	};
	unsigned int family = slots_family(p->last);
	uint8_t table;

	if (!map->lacking[family] || p->state != PATH_TABLE_DONE)
		return;
	table = path_map_lacking_behind(map, family, p->hook,
					slots_here(map, p));
	if (table != T_OTHER)
		fate_is_unknown(fate, causes[table]);
}

/*
 * A text may lack any line: its silence proves nothing.  Where an event had to
 * come the text breaks off; where none had to, nobody knows.
 */
static void caveat_excerpt(const struct path_map *map, const struct path *p,
			   struct fate *fate)
{
	if (!map->excerpt)
		return;
	if (p->state == PATH_TABLE_DONE && p->last->backend == EVENT_NFT &&
	    slots_here(map, p) == SLOT_NONE) {
		fate_is_unknown(fate, "the rules are not known (--rules FILE)");
	} else if (fate->kind == FATE_QUEUE) {
		fate_is_unknown(fate, "it was handed to user space, and what "
				"came of that is not in the text");
	} else if (fate->kind == FATE_STOLEN &&
		   p->last->effect == EFFECT_STEAL) {
		fate_is_unknown(fate, "its last rule's target can keep a "
				"packet, or lines are missing");
	} else if (fate->kind == FATE_STOLEN || fate->kind == FATE_LOST ||
		   is_maybe(p) ||
		   (is_midway(p) && !map->untraced) ||
		   must_come_back(map, p, fate)) {
		fate->kind = FATE_INCOMPLETE;
		fate->by = NULL;
		fate->cause = NULL;
	}
}

/* IPVS has functions of its own at INPUT, behind filter and before the hook's end. */
static void caveat_ipvs(const struct path_map *map, const struct path *p,
			struct fate *fate)
{
	if (map->ipvs && fate->kind == FATE_LOST && fate->inside &&
	    p->hook == NF_INET_LOCAL_IN)
		fate_is_unknown(fate, "IPVS may have taken it, to send it on "
				"from OUTPUT");
}

/*
 * SYNPROXY has functions of its own at the ends of both hooks, and tells of nothing; what
 * the run's own chain has seen there went on.
 */
static void caveat_synproxy(const struct path_map *map, const struct path *p,
			    struct fate *fate)
{
	bool last = p->hook == NF_INET_LOCAL_IN ||
		    p->hook == NF_INET_POST_ROUTING;

	if (!map->synproxy || (p->last->witness && last) || fate->cause)
		return;
	if (fate->kind == FATE_DELIVERED || fate->kind == FATE_FORWARDED ||
	    fate->kind == FATE_SENT)
		fate->cause = "likely: SYNPROXY, which has a rule here, can take "
			      "packets unseen";
}

/* No route is asked there, nor anything else that the host's settings would tell of. */
static void caveat_inside(const struct path_map *map, const struct path *p,
			  struct fate *fate)
{
	(void)p, (void)map;
	if (fate->kind == FATE_LOST && fate->inside)
		fate->cause = "a match, a target or another function of that "
			      "hook did, which report nothing";
}

/*
 * What silence does not tell.  A caveat that makes the fate UNKNOWN gives the
 * cause, and those behind it find no LOST or STOLEN any more: a rule that is
 * known to end tracing explains more than rules that are not seen, and so comes
 * before them, and a match that drops comes last of what explains silence within
 * a chain.  The other two stand anywhere: overflow is of fates that were
 * UNKNOWN before, and the interface of one that no other caveat touches.
 */
static void (*const caveats[])(const struct path_map *map,
			       const struct path *p, struct fate *fate) = {
	caveat_overflow, caveat_untraced, caveat_midway, caveat_target,
	caveat_rerouted, caveat_unseen, caveat_ipvs, caveat_synproxy,
	caveat_lacking, caveat_excerpt, caveat_inside,
};

/* The usual case: of what went on behind the last table only two say anything. */
static bool is_past_caveats(const struct path_map *map, const struct path *p,
			    const struct fate *fate)
{
	return p->state == PATH_TABLE_DONE &&
	       (fate->kind == FATE_FORWARDED || fate->kind == FATE_DELIVERED) &&
	       !map->synproxy && !map->excerpt;
}

/* A rule there has decided, or nobody knows: IP's hooks need not see what goes on. */
static void fate_of_link(const struct path *p, struct fate *fate)
{
	*fate = (struct fate){ .hook = p->link, .by = p->last };
	if (p->state == PATH_ENDED)
		fate->kind = p->last->effect == EFFECT_REJECT ? FATE_REJECT
							      : FATE_DROP;
	else if (p->state == PATH_QUEUED)
		fate->kind = FATE_QUEUE;
	else if (p->last->effect == EFFECT_STEAL)
		fate->kind = FATE_STOLEN;
	else
		fate_is_unknown(fate, "no hook of ip, ip6 or inet saw it go on");
}

void path_fate(const struct path_map *map, const struct path *p,
	       struct fate *fate)
{
	if (p->link) {
		fate_of_link(p, fate);
		return;
	}
	*fate = (struct fate){
		.kind = verdict(map, p), .hook = p->hook, .out = p->out,
	};
	fate->inside = fate->kind == FATE_LOST && slots_must_see(map, p);
	if (has_decider[fate->kind])
		fate->by = p->last;
	if (is_past_caveats(map, p, fate))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(caveats); i++)
		caveats[i](map, p, fate);
}
