// SPDX-License-Identifier: GPL-2.0-or-later
/* path_fate: what the silence after a packet's last event means. */
#include "journey/path_fate.h"

#include "journey/fate.h"
#include "journey/path.h"
#include "journey/path_ahead.h"
#include "place/place.h"

/* Would a packet that went on have been seen, whichever way it took? */
static bool would_be_seen(const struct path_map *map, const struct path *p)
{
	uint8_t hooks = path_hooks_ahead(p);

	if (path_hook_goes_on(map, p))
		return true;
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (hooks & BIT(h) && !path_hook_of(map, p->last, h)->must)
			return false;
	return hooks != 0;
}

static uint8_t passed(const struct path_map *map, const struct path *p)
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

void path_fate(const struct path_map *map, const struct path *p,
	       struct fate *fate)
{
	fate->by = NULL;
	fate->cause = NULL;
	fate->hook = p->hook;
	fate->out = p->out;
	switch (p->state) {
	case PATH_ENDED:
		fate->kind = p->last->effect == EFFECT_REJECT ? FATE_REJECT
							      : FATE_DROP;
		fate->by = p->last;
		break;
	case PATH_QUEUED:
		fate->kind = FATE_QUEUE;
		fate->by = p->last;
		break;
	case PATH_TABLE_DONE:
		if (path_hook_of(map, p->last, p->hook)->crowded) {
			fate->kind = FATE_UNKNOWN;
			fate->cause = "too many chains of nft are at this "
				"hook to tell which is the last";
			break;
		}
		/* A table of this very hook stayed silent. */
		if (path_hook_goes_on(map, p))
			fate->kind = FATE_LOST;
		else
			fate->kind = passed(map, p);
		break;
	default:
		if (p->last->effect == EFFECT_UNKNOWN) {
			fate->kind = FATE_UNKNOWN;
			break;
		}
		/* The chain has an end that would have been reported. */
		fate->kind = FATE_STOLEN;
		fate->by = p->last;
		break;
	}
	if (map->untraced && (fate->kind == FATE_LOST ||
			      (fate->kind == FATE_STOLEN &&
			       p->last->effect != EFFECT_STEAL))) {
		fate->kind = FATE_UNKNOWN;
		fate->by = NULL;
		fate->cause = "a rule of nft here ends tracing (meta nftrace "
			"set 0)";
	}
	/* Conntrack may have sent it elsewhere than it was to go at OUTPUT. */
	if (fate->kind == FATE_SENT && p->hook == NF_INET_LOCAL_OUT &&
	    path_map_has_nat(map, p, p->hook))
		fate->out = 0;
	/* A rule may have dropped it, only none that would be shown. */
	if (fate->kind == FATE_LOST && map->nft_unseen) {
		fate->kind = FATE_UNKNOWN;
		fate->cause = "nft's rules are not seen (--backend legacy)";
	}
}
