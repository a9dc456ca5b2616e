/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journey_world: a host of three tables, and packets that make events in it; for unit tests. */
#ifndef TESTS_JOURNEY_WORLD_H
#define TESTS_JOURNEY_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/journey.h"
#include "journey/journeys.h"
#include "journey/journeys_end.h"
#include "place/path_map.h"
#include "place/place.h"
#include "place/table_order.h"

enum { LAST = 10, OVER = 8192, LO = 1, ETH0 = 2, ETH1 = 3, PLACES = 65536 };

/* A world of raw, mangle and filter, each with nothing but builtin chains. */
enum spot {
	PRE_RAW_RULE, PRE_RAW, PRE_MANGLE, FWD_MANGLE, FWD_FILTER, FWD_DROP,
	POST, IN_MANGLE, IN_FILTER, OUT_RAW, OUT_MANGLE, OUT_FILTER,
	FWD_QUEUE, FWD_RULE,
};

static const struct {
	uint8_t order, hook, number, effect;
} spots[] = {
	[PRE_RAW_RULE] = { T_RAW, NF_INET_PRE_ROUTING, 2, EFFECT_CONTINUE },
	[PRE_RAW] = { T_RAW, NF_INET_PRE_ROUTING, LAST, EFFECT_ACCEPT },
	[PRE_MANGLE] = { T_MANGLE, NF_INET_PRE_ROUTING, LAST, EFFECT_ACCEPT },
	[FWD_MANGLE] = { T_MANGLE, NF_INET_FORWARD, LAST, EFFECT_ACCEPT },
	[FWD_FILTER] = { T_FILTER, NF_INET_FORWARD, LAST, EFFECT_ACCEPT },
	[FWD_DROP] = { T_FILTER, NF_INET_FORWARD, 3, EFFECT_DROP },
	[FWD_RULE] = { T_FILTER, NF_INET_FORWARD, 2, EFFECT_CONTINUE },
	[FWD_QUEUE] = { T_FILTER, NF_INET_FORWARD, 4, EFFECT_QUEUE },
	[POST] = { T_MANGLE, NF_INET_POST_ROUTING, LAST, EFFECT_ACCEPT },
	[IN_MANGLE] = { T_MANGLE, NF_INET_LOCAL_IN, LAST, EFFECT_ACCEPT },
	[IN_FILTER] = { T_FILTER, NF_INET_LOCAL_IN, LAST, EFFECT_ACCEPT },
	[OUT_RAW] = { T_RAW, NF_INET_LOCAL_OUT, LAST, EFFECT_ACCEPT },
	[OUT_MANGLE] = { T_MANGLE, NF_INET_LOCAL_OUT, LAST, EFFECT_ACCEPT },
	[OUT_FILTER] = { T_FILTER, NF_INET_LOCAL_OUT, LAST, EFFECT_ACCEPT },
};

static const char *const tables[] = {
	[T_RAW] = "raw", [T_MANGLE] = "mangle", [T_FILTER] = "filter",
};

/* What became of a journey: the letters of its packets' events, in order. */
struct ending {
	char letters[64];
	uint8_t fate[4], branches;
	uint16_t flags;
	uint32_t steps, kept;
};

struct world {
	struct path_map map;
	struct journeys *journeys;
	struct ending over[OVER];
	unsigned int count;
	uint64_t now_ns;
	struct place place[PLACES];
	unsigned int places;
	bool alike;		/* events of packets alike are alike, too */
	bool both;		/* mangle is a table of nft */
	bool unsure;		/* of mangle at PREROUTING nobody knows the rules */
	uint64_t told;		/* of the last event, which looked like this */
	struct event last;
	uint8_t last_bytes[sizeof(struct iphdr) + 40];
};

/* A packet: what the next event of it looks like. */
struct sent {
	uint32_t letter;	/* of its events; or a number */
	const char *src, *dst;
	uint16_t sport;
	uint8_t ttl, proto;
	uint32_t in, out, phys_in, phys_out;
	uint64_t stamp;		/* 0: the time of each event */
	uint32_t trace_id;	/* of its events in nft */
};

__attribute__((unused))
static const struct sent udp = {
	.letter = 'A', .src = "10.0.0.1", .dst = "10.0.0.2", .sport = 1000,
	.ttl = 64, .proto = IPPROTO_UDP, .in = ETH0, .out = ETH1, .stamp = 1,
};

static bool done(void *arg, struct journey *j)
{
	struct world *w = arg;
	struct ending *e = &w->over[w->count];
	uint32_t kept = journey_kept(j);

	assert_true(w->count++ < OVER);
	for (uint32_t i = 0; i < kept && i < sizeof(e->letters) - 1; i++)
		e->letters[i] = (char)j->step[i].place->id;
	e->branches = j->branches;
	e->flags = j->flags;
	e->steps = j->steps;
	e->kept = kept;
	for (unsigned int b = 0; b < j->branches && b < 4; b++)
		e->fate[b] = j->fate[b].kind;
	return false;
}

static int begin(void **state)
{
	static const struct journey_ops ops = { .done = done };
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	for (size_t i = 0; i < sizeof(spots) / sizeof(spots[0]); i++)
		path_map_add(&w->map, 0, spots[i].hook, spots[i].order,
			     spots[i].order * 10, false);
	w->journeys = journeys_open(&w->map, 128, false, false, &ops, w);
	w->now_ns = 1000000000;
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	journeys_close(w->journeys);
	free(w);
	return 0;
}

static bool is_nft(const struct world *w, enum spot spot)
{
	return w->both && spots[spot].order == T_MANGLE;
}

/*
 * One place an event, so that its letter can be kept in it; or one a spot, whose
 * letter is the spot's.
 */
static const struct place *place_at(struct world *w, enum spot spot,
				    uint32_t letter)
{
	struct place *p = &w->place[w->alike ? spot : w->places++ % PLACES];

	if (w->alike)
		letter = (uint32_t)'a' + spot;
	*p = (struct place){
		.prefix = "",
		.rule = "",
		.line = "",
		.target = "",
		.table = tables[spots[spot].order],
		.chain = "CHAIN",
		.chain_index = spots[spot].order * 8u + spots[spot].hook,
		.number = spots[spot].number,
		.last = LAST,
		.nfproto = NFPROTO_IPV4,
		.hook = spots[spot].hook,
		.order = spots[spot].order,
		.effect = w->unsure && spot == PRE_MANGLE ? EFFECT_UNKNOWN :
			  spots[spot].effect,
		.id = letter,
		.backend = is_nft(w, spot) ? EVENT_NFT : EVENT_LEGACY,
		.slot = path_map_slot(&w->map, 0, spots[spot].hook,
				      spots[spot].order),
	};
	return p;
}

struct bytes {
	struct iphdr ip;
	uint8_t l4[40];
};

static void fill_bytes(struct bytes *b, const struct sent *s)
{
	*b = (struct bytes){ .ip = {
		.version = 4, .ihl = 5, .tot_len = htons(sizeof(*b)),
		.ttl = s->ttl, .protocol = s->proto,
	} };
	inet_pton(AF_INET, s->src, &b->ip.saddr);
	inet_pton(AF_INET, s->dst, &b->ip.daddr);
	b->l4[0] = (uint8_t)(s->sport >> 8);
	b->l4[1] = (uint8_t)s->sport;
	b->l4[3] = 7;
	if (s->proto == IPPROTO_TCP)
		b->l4[12] = 5 << 4;
	else
		b->l4[5] = sizeof(b->l4);
}

/* As event_parse_again() numbers them: what tells nothing new has the number of before. */
static uint64_t number_of(struct world *w, const struct event *e)
{
	struct event like = *e;

	like.payload = NULL;
	if (memcmp(&like, &w->last, sizeof(like)) != 0 ||
	    memcmp(e->payload, w->last_bytes, e->payload_len) != 0)
		w->told++;
	w->last = like;
	memcpy(w->last_bytes, e->payload, e->payload_len);
	return w->told;
}

__attribute__((unused))
static void go(struct world *w, const struct sent *s, enum spot spot)
{
	uint8_t hook = spots[spot].hook;
	struct event_nft nft = { .id = s->trace_id };
	struct event e;
	struct bytes b;

	memset(&e, 0, sizeof(e));
	e.nfproto = NFPROTO_IPV4;
	e.hook = hook;
	fill_bytes(&b, s);
	e.payload = (void *)&b;
	e.payload_len = sizeof(b);
	if (hook != NF_INET_LOCAL_OUT && hook != NF_INET_POST_ROUTING) {
		e.in = s->in;
		e.phys_in = s->phys_in;
	}
	if (hook != NF_INET_PRE_ROUTING && hook != NF_INET_LOCAL_IN) {
		e.out = s->out;
		e.phys_out = s->phys_out;
	}
	w->now_ns += 1000;
	if (is_nft(w, spot)) {
		e.nft = &nft;
	} else if (hook <= NF_INET_FORWARD) {
		e.flags = EVENT_HAS_STAMP;
		e.stamp_ns = s->stamp ? s->stamp : w->now_ns;
	}
	if (!e.nft)
		e.told = number_of(w, &e);
	journeys_add(w->journeys, &e, place_at(w, spot, s->letter), w->now_ns,
		     w->now_ns);
}

__attribute__((unused))
static void pass_ms(struct world *w, unsigned int ms)
{
	w->now_ns += ms * UINT64_C(1000000);
	journeys_expire(w->journeys, w->now_ns);
}

#endif
