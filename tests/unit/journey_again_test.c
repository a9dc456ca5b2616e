// SPDX-License-Identifier: GPL-2.0-or-later
/* journey_again_test: what an event tells by the short way is what it tells by the long one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <netinet/ip.h>
#include <linux/netfilter.h>
#include <string.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/journey.h"
#include "journey/journeys.h"
#include "journey/journeys_end.h"
#include "place/path_map.h"
#include "place/place.h"
#include "place/place_index.h"
#include "place/table_order.h"
#include "rules/base/family.h"
#include "rules/base/hash.h"
#include "rules/base/units.h"

enum {
	TABLES = 4, RULES = 6, LAST = RULES + 1, CHAINS = NF_INET_NUMHOOKS + 1,
	USER = NF_INET_NUMHOOKS,	/* the chain that the others call */
	FLOWS = 3, EVENTS = 1000, SEEDS = 300,
};

/* Of a packet: each rule of a chain may call the other chain. */
enum { WAY = 3 * TABLES * LAST * (1 + LAST) };

static const uint8_t orders[TABLES] = { T_RAW, T_MANGLE, T_DNAT, T_FILTER };
static const char *const tables[TABLES] = { "raw", "mangle", "nat", "filter" };

/* The same events with their numbers, and without: each is taken the long way then. */
struct side {
	struct journeys *js;
	uint64_t sum;
	unsigned int count;
};

struct bytes {
	struct iphdr ip;
	uint16_t port[4];
};

/* A packet, and the events that it will have. */
struct flow {
	struct event e;
	struct bytes b;
	struct { const struct place *at; uint8_t hook; } way[WAY];
	unsigned int len, next;
};

static struct {
	uint64_t seed, now_ns, numbers;
	struct path_map map;
	struct place place[TABLES][CHAINS][LAST];
	struct side side[2];
	struct flow flow[FLOWS];
	unsigned int flows;
	/* The last event at each hook, as event_parse_again() keeps it. */
	struct { struct event e; struct bytes b; } seen[NF_INET_NUMHOOKS];
} g;

static unsigned int chance(unsigned int n)
{
	g.seed = g.seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned int)(g.seed >> 33) % n;
}

static void add(struct side *s, const void *bytes, size_t len)
{
	s->sum = hash_bytes(s->sum, bytes, len);
}

static void add_path(struct side *s, const struct path *p, const struct fate *f)
{
	const uint64_t numbers[] = {
		(uintptr_t)p->last, p->chain, p->after, p->state, p->hook, p->order,
		p->slot, p->local, p->seen, p->passed, p->out, p->stack.depth,
		p->stack.unknown, p->look.since.mark, p->look.since.headers,
		p->look.since.ends, f->kind, f->hook, f->out, (uintptr_t)f->by,
	};

	add(s, numbers, sizeof(numbers));
	add(s, &p->look.view, sizeof(p->look.view));
	for (unsigned int i = 0; i < p->stack.depth; i++)
		add(s, &p->stack.call[i], sizeof(p->stack.call[i]));
}

static bool note(void *arg, struct journey *j)
{
	struct side *s = arg;
	const uint64_t numbers[] = {
		j->key, j->serial, j->stamp.ns, j->stamp.events, j->flags,
		j->branches, j->changes, j->steps, j->omitted, j->lost,
		j->last_event, j->last_ns, j->ct.mark, j->trace_id, j->ties,
	};

	s->count++;
	add(s, numbers, sizeof(numbers));
	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct step *t = &j->step[i];
		const uint64_t step[] = { (uintptr_t)t->place, t->mark, t->in, t->out,
					  t->phys_in, t->branch };

		add(s, step, sizeof(step));
	}
	for (unsigned int i = 0; i < j->changes; i++)
		add(s, &j->change[i], sizeof(j->change[i]));
	for (unsigned int b = 0; b < j->branches; b++)
		add_path(s, &j->path[b], &j->fate[b]);
	return false;
}

static bool has_chain(unsigned int t, unsigned int hook)
{
	bool first = hook == NF_INET_PRE_ROUTING || hook == NF_INET_LOCAL_OUT;

	return orders[t] == T_RAW ? first :
	       orders[t] != T_DNAT || hook != NF_INET_FORWARD;
}

static uint8_t effect_of(bool last, bool user)
{
	static const uint8_t rare[] = {
		EFFECT_DROP, EFFECT_QUEUE, EFFECT_UNKNOWN, EFFECT_MAYBE,
		EFFECT_GOTO, EFFECT_ACCEPT,
	};

	if (last)
		return user ? EFFECT_RETURN : EFFECT_ACCEPT;
	if (chance(25) == 0)
		return rare[chance(ARRAY_SIZE(rare))];
	if (chance(6))
		return EFFECT_CONTINUE;
	return user ? EFFECT_RETURN : EFFECT_JUMP;
}

/* Who makes a copy of a packet makes much of it ambiguous. */
static uint8_t mangles_of(void)
{
	if (chance(200) == 0)
		return MANGLE_CLONE;
	return chance(8) ? 0 : (uint8_t)(chance(MANGLE_ALL + 1) & ~MANGLE_CLONE);
}

static void make_rule(unsigned int t, unsigned int chain, unsigned int r, bool nft)
{
	bool user = chain == USER, last = r + 1 == LAST;
	struct place *p = &g.place[t][chain][r];

	*p = (struct place){
		.prefix = "", .rule = "", .line = "", .target = "", .chain = "",
		.table = tables[t], .chain_index = t * CHAINS + chain,
		.target_chain = t * CHAINS + USER, .number = r + 1, .last = LAST,
		.nfproto = NFPROTO_IPV4, .order = orders[t],
		.hook = user ? NOT_A_HOOK : (uint8_t)chain,
		.slot = user ? SLOT_NONE : path_map_slot(&g.map, 0, chain, orders[t]),
		.effect = effect_of(last, user), .at_end = last && !user,
		.kind = !last ? PLACE_RULE : user ? PLACE_RETURN : PLACE_POLICY,
		.backend = nft ? EVENT_NFT : EVENT_LEGACY,
		.mangles = mangles_of(),
		.own = chance(60) == 0,
	};
	p->only_steps = place_has_only_steps(p);
}

static void make_rules(bool both)
{
	int32_t prio[TABLES];

	memset(&g.map, 0, sizeof(g.map));
	for (unsigned int t = 0; t < TABLES; t++)
		prio[t] = t && chance(4) == 0 ? prio[t - 1] : orders[t] * 10;
	for (unsigned int t = 0; t < TABLES; t++)
		for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
			if (has_chain(t, h))
				path_map_add(&g.map, 0, h, orders[t], prio[t],
					     orders[t] == T_DNAT);
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		g.map.hook[0][h].overflow = chance(30) == 0;
	for (unsigned int t = 0; t < TABLES; t++)
		for (unsigned int c = 0; c < CHAINS; c++)
			for (unsigned int r = 0; r < LAST; r++)
				make_rule(t, c, r, both && orders[t] == T_MANGLE);
}

static uint8_t meet(struct flow *f, const struct place *at, unsigned int hook)
{
	f->way[f->len].at = at;
	f->way[f->len++].hook = (uint8_t)hook;
	return at->effect;
}

/* Return: the verdict with which it leaves the chain. */
static uint8_t walk_chain(struct flow *f, unsigned int t, unsigned int chain,
			  unsigned int hook)
{
	for (unsigned int r = 0; r < LAST; r++) {
		uint8_t effect;

		if (r + 1 < LAST && chance(3) == 0)
			continue;
		effect = meet(f, &g.place[t][chain][r], hook);
		if (chain != USER && (effect == EFFECT_JUMP || effect == EFFECT_GOTO))
			effect = walk_chain(f, t, USER, hook);
		if (effect == EFFECT_DROP || effect == EFFECT_ACCEPT ||
		    (chain == USER && effect == EFFECT_RETURN))
			return effect;
	}
	return EFFECT_ACCEPT;
}

static void walk(struct flow *f)
{
	static const uint8_t ways[][3] = {
		{ NF_INET_PRE_ROUTING, NF_INET_FORWARD, NF_INET_POST_ROUTING },
		{ NF_INET_PRE_ROUTING, NF_INET_LOCAL_IN, NF_INET_NUMHOOKS },
		{ NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING, NF_INET_NUMHOOKS },
		{ NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING, NF_INET_PRE_ROUTING },
	};
	const uint8_t *hook = ways[chance(ARRAY_SIZE(ways))];

	f->len = f->next = 0;
	for (unsigned int i = 0; i < 3 && hook[i] < NF_INET_NUMHOOKS; i++)
		for (unsigned int t = 0; t < TABLES; t++)
			if (has_chain(t, hook[i]) &&
			    walk_chain(f, t, hook[i], hook[i]) == EFFECT_DROP)
				return;
}

/* Packets of a flow are alike; some to the last bit. */
static void make_packet(struct flow *f)
{
	memset(&f->e, 0, sizeof(f->e));
	memset(&f->b, 0, sizeof(f->b));
	f->b.ip = (struct iphdr){
		.version = 4, .ihl = 5, .tot_len = htons(sizeof(f->b)), .ttl = 64,
		.protocol = IPPROTO_UDP, .saddr = htonl(0x0a000001),
		.daddr = htonl(0x0a000002),
	};
	f->b.port[0] = htons((uint16_t)(1000 + chance(2)));
	f->b.port[2] = htons(sizeof(f->b.port));
	f->e.nfproto = NFPROTO_IPV4;
	f->e.in = 2;
	f->e.ct = (struct conntrack){ .state = 1, .known = CONNTRACK_ID, .id = 7 };
	if (chance(4)) {
		f->e.flags = EVENT_HAS_STAMP;
		f->e.stamp_ns = chance(5) ? g.now_ns : 7;
	}
	walk(f);
	if (chance(8))
		g.now_ns += 250 * NS_PER_MS;
	for (unsigned int i = 0; i < 2; i++)
		journeys_expire(g.side[i].js, g.now_ns);
}

static void change_packet(struct flow *f)
{
	switch (chance(6)) {
	case 0:
		f->e.mark = chance(3);
		break;
	case 1:
		f->b.ip.ttl = (uint8_t)(62 + chance(3));
		break;
	case 2:
		f->e.in = chance(3);
		break;
	case 3:
		f->e.out = chance(3);
		break;
	case 4:
		f->e.phys_in = chance(50) ? 0 : 3;
		break;
	case 5:
		f->e.ct.mark = chance(2);
		f->e.ct.known |= CONNTRACK_MARK;
		break;
	}
}

static uint64_t number_of(const struct event *e, const struct bytes *b)
{
	struct event *last = &g.seen[e->hook].e, like = *e;

	like.payload = NULL;
	like.told = last->told;
	if (!last->told || memcmp(&like, last, sizeof(like)) != 0 ||
	    memcmp(b, &g.seen[e->hook].b, sizeof(*b)) != 0)
		like.told = ++g.numbers;
	*last = like;
	g.seen[e->hook].b = *b;
	return like.told;
}

static void emit(struct flow *f)
{
	const struct place *at = f->way[f->next].at;
	struct event_nft nft = { .id = 1 + (uint32_t)(f - g.flow) };
	struct event e = f->e;
	uint64_t told = 0;

	e.hook = f->way[f->next++].hook;
	e.payload = (const uint8_t *)&f->b;
	e.payload_len = sizeof(f->b);
	if (at->backend == EVENT_NFT) {
		e.backend = EVENT_NFT;
		e.nft = &nft;
	} else if (chance(40)) {
		told = number_of(&e, &f->b);
	}
	for (unsigned int i = 0; i < 2; i++) {
		e.told = i ? 0 : told;
		journeys_add(g.side[i].js, &e, at, g.now_ns, g.now_ns);
	}
}

/* What else happens between two events. */
static void disturb(void)
{
	unsigned int what = chance(3000);

	if (what < 3)
		g.map.changing = !g.map.changing;
	for (unsigned int i = 0; i < 2; i++) {
		if (what < 3 && !g.map.changing)
			journeys_map_changed(g.side[i].js);
		else if (what == 3)
			journeys_gap(g.side[i].js, 2);
		else if (what == 4)
			journeys_hole(g.side[i].js);
		else if (what == 5)
			journeys_finish(g.side[i].js);
	}
}

static void play(uint64_t seed)
{
	static const struct journey_ops ops = { .done = note };
	bool both = seed % 2;

	memset(&g, 0, sizeof(g));
	g.seed = seed;
	g.now_ns = NS_PER_S;
	g.flows = 1 + chance(FLOWS);
	make_rules(both);
	for (unsigned int i = 0; i < 2; i++)
		g.side[i].js = journeys_open(&g.map, 128, false, both, &ops, &g.side[i]);
	for (unsigned int i = 0; i < EVENTS; i++) {
		struct flow *f = &g.flow[chance(60) ? 0 : chance(g.flows)];

		if (f->next == f->len)
			make_packet(f);
		else if (chance(25) == 0)
			change_packet(f);
		/* Some are lost, and nobody says so. */
		if (chance(500) == 0)
			f->next++;
		else
			emit(f);
		disturb();
	}
	for (unsigned int i = 0; i < 2; i++) {
		journeys_finish(g.side[i].js);
		journeys_close(g.side[i].js);
	}
}

static void test_both_ways(void **state)
{
	unsigned int count = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		play(seed);
		if (g.side[0].count != g.side[1].count || g.side[0].sum != g.side[1].sum)
			fail_msg("seed %u: %u journeys, and %u, or others",
				 (unsigned int)seed, g.side[0].count, g.side[1].count);
		count += g.side[0].count;
	}
	assert_true(count > SEEDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
