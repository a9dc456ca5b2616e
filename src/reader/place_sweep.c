// SPDX-License-Identifier: GPL-2.0-or-later
/* place_sweep: places of nft's rules that are no more are forgotten, so that memory does not grow. */
#include "reader/place_sweep.h"

#include "journey/journey.h"
#include "journey/journeys.h"
#include "place/place_nft.h"
#include "reader/order.h"
#include "reader/pending.h"
#include "reader/reader_state.h"

static void use_place(void *arg, const struct place *at)
{
	place_nft_use(arg, at);
}

static void use_places(void *arg, struct journey *j)
{
	journey_each_place(j, use_place, arg);
}

/* A journey points to the rules that it met; so do those that wait for something. */
void place_sweep(struct reader_state *s)
{
	if (!s->nft || !place_nft_is_full(s->nft))
		return;
	journeys_each(s->journeys, use_places, s->nft);
	order_each(s->order, use_places, s->nft);
	pending_each_place(s->pending, use_place, s->nft);
	place_nft_sweep(s->nft);
}
