/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journey_steps: raw, mangle and filter at their hooks, and a path that is put somewhere in them. */
#ifndef TESTS_JOURNEY_STEPS_H
#define TESTS_JOURNEY_STEPS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "capture/event.h"
#include "journey/path.h"
#include "journey/path_next.h"
#include "place/place.h"
#include "place/table_order.h"

enum { NO_HOOK = 0xff, USER_CHAIN = 100, END = 9 };

/* Builtin chains have rules 1 to 8, and their end; the user chain is mangle's. */
enum spot {
	PRE_RAW, PRE_RAW_END, PRE_MANGLE, PRE_MANGLE_2, PRE_MANGLE_END,
	IN_MANGLE_END, IN_FILTER_END, FWD_MANGLE_END, FWD_FILTER, FWD_FILTER_END,
	OUT_RAW, OUT_RAW_END, OUT_MANGLE_END, OUT_FILTER_END,
	POST_MANGLE, POST_MANGLE_END, USER, USER_2, SPOTS,
};

static const struct {
	uint8_t order, hook, number;
} spots[SPOTS] = {
	[PRE_RAW] = { T_RAW, NF_INET_PRE_ROUTING, 1 },
	[PRE_RAW_END] = { T_RAW, NF_INET_PRE_ROUTING, END },
	[PRE_MANGLE] = { T_MANGLE, NF_INET_PRE_ROUTING, 1 },
	[PRE_MANGLE_2] = { T_MANGLE, NF_INET_PRE_ROUTING, 2 },
	[PRE_MANGLE_END] = { T_MANGLE, NF_INET_PRE_ROUTING, END },
	[IN_MANGLE_END] = { T_MANGLE, NF_INET_LOCAL_IN, END },
	[IN_FILTER_END] = { T_FILTER, NF_INET_LOCAL_IN, END },
	[FWD_MANGLE_END] = { T_MANGLE, NF_INET_FORWARD, END },
	[FWD_FILTER] = { T_FILTER, NF_INET_FORWARD, 1 },
	[FWD_FILTER_END] = { T_FILTER, NF_INET_FORWARD, END },
	[OUT_RAW] = { T_RAW, NF_INET_LOCAL_OUT, 1 },
	[OUT_RAW_END] = { T_RAW, NF_INET_LOCAL_OUT, END },
	[OUT_MANGLE_END] = { T_MANGLE, NF_INET_LOCAL_OUT, END },
	[OUT_FILTER_END] = { T_FILTER, NF_INET_LOCAL_OUT, END },
	[POST_MANGLE] = { T_MANGLE, NF_INET_POST_ROUTING, 1 },
	[POST_MANGLE_END] = { T_MANGLE, NF_INET_POST_ROUTING, END },
	[USER] = { T_MANGLE, NO_HOOK, 1 },
	[USER_2] = { T_MANGLE, NO_HOOK, 2 },
};

static const char *const tables[] = {
	[T_RAW] = "raw", [T_MANGLE] = "mangle", [T_FILTER] = "filter",
};

static void map_fill(struct path_map *map)
{
	memset(map, 0, sizeof(*map));
	for (unsigned int i = 0; i < SPOTS; i++)
		if (spots[i].hook != NO_HOOK)
			path_map_add(map, 0, spots[i].hook, spots[i].order,
				     spots[i].order * 10, false);
}

static struct place place_at(const struct path_map *map, enum spot spot,
			     enum place_effect effect)
{
	uint8_t hook = spots[spot].hook, order = spots[spot].order;
	bool builtin = hook != NO_HOOK;

	return (struct place){
		.table = tables[order], .order = order, .hook = hook,
		.chain_index = builtin ? order * 8u + hook : USER_CHAIN,
		.target_chain = USER_CHAIN, .number = spots[spot].number,
		.last = END, .at_end = spots[spot].number == END,
		.effect = effect, .nfproto = NFPROTO_IPV4,
		.slot = builtin ? path_map_slot(map, 0, hook, order)
				: SLOT_NONE,
	};
}

/* The event of a place; of one in a user chain at the hook where the packet is. */
static struct observation observe(const struct path_map *map, struct event *e,
				  const struct place *at, uint8_t here)
{
	uint8_t hook = at->hook == NO_HOOK ? here : at->hook;

	*e = (struct event){ .nfproto = at->nfproto, .hook = hook };
	return (struct observation){
		.e = e, .at = at, .hooks = map->hook[0],
		.headers = HEADERS_WHOLE, .is_start = path_is_start(at),
		.enters = hook == NF_INET_PRE_ROUTING ||
			  hook == NF_INET_LOCAL_IN,
	};
}

/* A path whose last event was at @at; @sent: one that began at OUTPUT. */
static void path_put(struct path *p, const struct path_map *map,
		     const struct place *at, bool sent)
{
	struct place first = place_at(map, OUT_RAW_END, EFFECT_ACCEPT);
	struct event e;
	struct observation o = observe(map, &e, sent ? &first : at,
				       NF_INET_PRE_ROUTING);

	path_begin(p, &o);
	if (!sent)
		return;
	o = observe(map, &e, at, NF_INET_LOCAL_OUT);
	path_advance(p, &o);
}

#endif
