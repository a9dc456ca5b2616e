// SPDX-License-Identifier: GPL-2.0-or-later
/* unreached: printed packets that did not come to a chain of --expect, and the first's way. */
#include "printer/unreached.h"

#include <stdio.h>
#include <string.h>

#include "capture/event.h"
#include "journey/journey.h"
#include "packet/packet_print.h"
#include "place/place.h"
#include "printer/expectation.h"
#include "protocol/stats.h"
#include "rules/base/hash.h"

/* Names as the supervisor can find them in its rules, which may be of strangers. */
static void put_step(struct stats_trail *to, const struct place *at)
{
	bool nft = at->backend == EVENT_NFT;

	*to = (struct stats_trail){
		.table = hash_name(0, at->table, strlen(at->table)),
		.chain = hash_name(0, at->chain, at->chain_len),
		.rule = nft ? at->handle : at->number,
		.nfproto = nft ? at->family : at->nfproto,
		.nft = nft,
		.at_end = at->kind != PLACE_RULE && at->at_end,
	};
}

static void put_way(struct stats_unreached *u, const struct journey *j)
{
	uint32_t kept = journey_kept(j);

	u->steps = kept <= STATS_TRAIL ? kept : 0;
	for (uint32_t i = 0; i < u->steps; i++)
		put_step(&u->step[i], j->step[i].place);
}

void unreached_add(struct stats *st, const struct expectation *e,
		   const struct journey *j)
{
	struct stats_unreached *u = &st->unreached;

	if (expectation_reached(e, j))
		return;
	if (!stats_get(&u->count)) {
		u->number = j->number;
		u->kind = j->fate[0].kind;
		packet_print(u->packet, sizeof(u->packet), &j->first, false);
		put_way(u, j);
	}
	stats_add(&u->count, 1);
}
