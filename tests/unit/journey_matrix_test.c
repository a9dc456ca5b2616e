// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * journey_matrix_test: whatever chains are at which hooks, legacy, nft's or both:
 * each packet is one story, whole, with the right fate.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
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
#include "tests/unit/emulated.h"

enum { LO = 1, ETH0 = 2, ETH1 = 3, ID = 77, LOOPED_ID = 78,
       SLOTS = 20, WAY = 3, PACKETS = 4, STEPS = 32,
       EMULATED_EACH = 17 };

enum { PRE = NF_INET_PRE_ROUTING, IN = NF_INET_LOCAL_IN,
       FWD = NF_INET_FORWARD, OUT = NF_INET_LOCAL_OUT,
       POST = NF_INET_POST_ROUTING, HOOKS = NF_INET_NUMHOOKS };

/* Ways through the host, by hooks. */
static const struct way {
	const char *name;
	uint8_t hook[5], hooks;
} ways[] = {
	{ "in", { PRE, IN }, 2 },
	{ "out", { OUT, POST }, 2 },
	{ "loopback", { OUT, POST, PRE, IN }, 4 },
	{ "forwarded", { PRE, FWD, POST }, 3 },
};

enum { FORWARDED = 3, LOOPBACK = 2, WAYS = sizeof(ways) / sizeof(ways[0]) };

/* A legacy table or a base chain of nft at one hook, which says one thing. */
struct slot {
	int priority;		/* by which the kernel runs it */
	bool nat;
	struct place place;
};

/* What there is on a host, a bit a thing. */
struct host {
	unsigned int filter, nat;	/* hooks at which nft has a chain of it */
	unsigned int tables;		/* legacy ones beside raw */
	bool legacy;			/* TRACE is legacy's */
	bool late;			/* nft's filter chains run behind nat */
	bool translates;		/* nat has a rule for each new packet */
	bool alike;			/* packets have the same bytes */
	bool reply;			/* of a connection that nat has translated */
	unsigned int twice;		/* hooks at which nft's are there twice */
	bool early;			/* nft runs a chain of raw's priority before it */
	unsigned int unknown;		/* hooks whose chains no map has */
	unsigned int family;
};

static const char *const legacy_tables[] = {
	"mangle", "nat", "filter", "security",
};

enum { MANGLE, NAT, FILTER, SECURITY, TABLES };

static const uint8_t table_hooks[TABLES] = {
	[MANGLE] = 1 << PRE | 1 << IN | 1 << FWD | 1 << OUT | 1 << POST,
	[NAT] = 1 << PRE | 1 << IN | 1 << OUT | 1 << POST,
	[FILTER] = 1 << IN | 1 << FWD | 1 << OUT,
	[SECURITY] = 1 << IN | 1 << FWD | 1 << OUT,
};

struct told {
	const struct place *at[STEPS];
	unsigned int steps;
	uint8_t fate;
};

struct world {
	struct host host;
	struct path_map map;
	struct slot slot[HOOKS][SLOTS];
	unsigned int slots[HOOKS];
	struct journeys *journeys;
	uint64_t now_ns;
	bool nat_active;
	bool undone;		/* the run's own chains are gone by now */
	struct told sent[PACKETS * WAYS], told[2 * PACKETS * WAYS];
	unsigned int packets, stories;
	/* Over, and in the hands of whoever waits for the rules to be read. */
	struct journey *held[PACKETS * WAYS];
	unsigned int holds;
};

/* A packet under way. */
struct sent {
	uint8_t hook, way;
	uint32_t number, id, in, out;
	uint8_t ttl;
	uint8_t manip;		/* what nat has decided: 1 the destination, 2 the source */
	bool fresh;		/* the first of its connection */
	bool dnat, snat;
	bool traced;
	uint64_t stamp_ns;
};

static void note(struct world *w, const struct journey *j)
{
	struct told *t = &w->told[w->stories++];

	assert_true(w->stories <= sizeof(w->told) / sizeof(w->told[0]));
	assert_int_equal(j->branches, 1);
	memset(t, 0, sizeof(*t));
	for (t->steps = 0; t->steps < journey_kept(j); t->steps++)
		t->at[t->steps] = j->step[t->steps].place;
	t->fate = j->fate[0].kind;
}

static bool hold(void *arg, struct journey *j)
{
	struct world *w = arg;

	assert_true(w->holds < sizeof(w->held) / sizeof(w->held[0]));
	w->held[w->holds++] = j;
	return true;
}

static void take_back(void *arg, struct journey *j)
{
	struct world *w = arg;
	unsigned int i = 0;

	while (w->held[i] != j)
		assert_true(++i < w->holds);
	w->held[i] = w->held[--w->holds];
}

static void let_go(struct world *w)
{
	while (w->holds) {
		struct journey *j = w->held[--w->holds];

		note(w, j);
		journeys_give_back(w->journeys, j);
	}
}

static struct place *add(struct world *w, unsigned int hook, int priority,
			 bool nat)
{
	struct slot *s = &w->slot[hook][w->slots[hook]];

	/* In the order in which the kernel runs them. */
	while (s > w->slot[hook] && s[-1].priority > priority) {
		*s = s[-1];
		s--;
	}
	*s = (struct slot){ .priority = priority, .nat = nat };
	w->slots[hook]++;
	return &s->place;
}

static void fill(struct world *w, struct place *p, unsigned int hook,
		 uint32_t key, int priority, bool nat)
{
	*p = (struct place){
		.prefix = "", .rule = "", .line = "", .target = "",
		.table = "t", .chain = "c", .chain_index = key, .last = 10,
		.number = 10, .kind = PLACE_POLICY, .at_end = true,
		.effect = EFFECT_ACCEPT, .hook = (uint8_t)hook,
		.nfproto = w->host.family ? NFPROTO_IPV6 : NFPROTO_IPV4,
		.slot = SLOT_NONE,
	};
	if (!(w->host.unknown & 1u << hook) || priority <= -300)
		p->slot = path_map_add(&w->map, w->host.family, hook, key,
				       priority, nat);
}

static void add_nft(struct world *w, unsigned int hook, int priority, bool nat)
{
	struct place *p = add(w, hook, priority, nat);

	fill(w, p, hook, 0x80000000u | (uint32_t)(hook << 8 | w->slots[hook]),
	     priority, nat);
	p->backend = EVENT_NFT;
	p->order = !nat ? T_OTHER : priority < 0 ? T_DNAT : T_SNAT;
	if (nat && w->host.translates) {
		p->kind = PLACE_RULE;
		p->at_end = false;
		p->nat = true;
		p->mangles = priority < 0 ? MANGLE_DST : MANGLE_SRC;
	}
	/* Of a chain that is not known yet nobody knows the hook. */
	if (p->slot == SLOT_NONE) {
		p->hook = 0xff;
		p->state = PLACE_PENDING;
	}
	if (priority == -301) {
		p->own = p->hidden = true;
		path_map_excuse(&w->map, w->host.family, hook, p->slot);
	}
}

static void add_legacy(struct world *w, unsigned int hook, const char *table)
{
	static const int priorities[T_COUNT] = {
		[T_RAW] = -300, [T_MANGLE] = -150, [T_DNAT] = -100,
		[T_FILTER] = 0, [T_SECURITY] = 50, [T_SNAT] = 100,
	};
	uint8_t order = table_order(table, (uint8_t)hook);
	bool nat = order == T_DNAT || order == T_SNAT;
	struct place *p = add(w, hook, priorities[order], nat);

	fill(w, p, hook, order, priorities[order], nat);
	p->table = table;
	p->order = order;
	p->chain_index = order * 8u + hook;
}

static void build(struct world *w)
{
	const struct host *h = &w->host;

	for (unsigned int hook = 0; hook < HOOKS; hook++) {
		bool first = hook == PRE || hook == OUT;

		if (first && h->early)
			add_nft(w, hook, -300, false);
		if (first && h->legacy)
			add_legacy(w, hook, "raw");
		else if (first)
			add_nft(w, hook, -301, false);
		for (unsigned int t = 0; t < TABLES; t++)
			if (h->tables & 1u << t && table_hooks[t] & 1u << hook)
				add_legacy(w, hook, legacy_tables[t]);
		if (h->filter & 1u << hook)
			add_nft(w, hook, h->late ? 300 : 0, false);
		if (h->nat & 1u << hook)
			add_nft(w, hook, first ? -100 : 100, true);
	}
	w->map.changing = h->unknown;
	w->nat_active = h->nat || h->tables & 1u << NAT;
}

static struct world *open_world(const struct host *h)
{
	static const struct journey_ops ops = {
		.done = hold, .take_back = take_back,
	};
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	w->host = *h;
	w->now_ns = 1000000000;
	build(w);
	w->journeys = journeys_open(&w->map, 128, false, true, &ops, w);
	return w;
}

static uint32_t bytes_of(const struct world *w, const struct sent *s,
			 uint8_t b[static 80])
{
	uint32_t head = w->host.family ? 40 : 20;
	uint8_t src = s->snat ? 9 : 1, dst = s->dnat ? 8 : 2;

	memset(b, 0, 80);
	if (w->host.family) {
		b[0] = 6 << 4;
		b[5] = 40;
		b[6] = IPPROTO_UDP;
		b[7] = s->ttl;
		b[23] = src;
		b[39] = dst;
	} else {
		b[0] = 4 << 4 | 5;
		b[3] = 60;
		b[8] = s->ttl;
		b[9] = IPPROTO_UDP;
		b[15] = src;
		b[19] = dst;
	}
	b[head + 1] = 200;
	b[head + 3] = 53;
	b[head + 5] = 40;
	b[head + 8] = w->host.alike ? 0 : (uint8_t)s->number;
	return head + 40;
}

static void emit(struct world *w, const struct sent *s, const struct place *at,
		 bool headers)
{
	struct event e = { .nfproto = at->nfproto, .hook = at->hook };
	struct event_nft nft = { .id = s->id };
	uint8_t bytes[80];
	uint32_t len = bytes_of(w, s, bytes);

	w->now_ns += 1000;
	if (at->backend == EVENT_NFT) {
		e.nft = &nft;
		len -= 20;
	} else if (s->hook <= FWD) {
		e.flags = EVENT_HAS_STAMP;
		e.stamp_ns = s->stamp_ns;
	}
	if (headers) {
		e.payload = bytes;
		e.payload_len = len;
		e.in = s->hook == PRE || s->hook == IN || s->hook == FWD ?
			s->in : 0;
		e.out = s->hook >= FWD ? s->out : 0;
	} else {
		e.flags |= EVENT_NO_HEADERS;
	}
	journeys_add(w->journeys, &e, at, w->now_ns, w->now_ns);
}

/* The run's own rule, where the expression was met, in front of its chain's policy. */
static void emit_own(struct world *w, const struct sent *s,
		     const struct place *policy)
{
	static struct place rule[2 * HOOKS];
	struct place *p = &rule[2 * s->hook + w->host.family];

	*p = *policy;
	p->kind = PLACE_RULE;
	p->at_end = false;
	p->effect = EFFECT_CONTINUE;
	emit(w, s, p, true);
}

static bool is_gone(const struct world *w, unsigned int hook,
		    const struct slot *st)
{
	return w->undone && st->place.own && hook == PRE;
}

static void pass(struct world *w, struct sent *s, struct told *t)
{
	uint8_t manip = s->hook == PRE || s->hook == OUT ? 1 : 2;

	for (unsigned int i = 0; i < w->slots[s->hook]; i++) {
		const struct slot *st = &w->slot[s->hook][i];
		bool own = st->place.own;

		if (st->nat && (!s->fresh || s->manip & manip))
			continue;
		if (is_gone(w, s->hook, st))
			continue;
		/* The trace begins at raw, or at the run's own chain. */
		s->traced |= own || st->place.order == T_RAW;
		if (!s->traced)
			continue;
		if (own)
			emit_own(w, s, &st->place);
		emit(w, s, &st->place, !own);
		if (!own)
			t->at[t->steps++] = &st->place;
		if (w->host.twice & 1u << s->hook && !own && !st->nat &&
		    st->place.backend == EVENT_NFT) {
			emit(w, s, &st->place, true);
			t->at[t->steps++] = &st->place;
		}
		if (st->place.nat) {
			s->manip |= manip;
			s->dnat |= manip == 1;
			s->snat |= manip == 2;
		}
	}
	/* Conntrack knows, and asks no chain. */
	s->dnat |= w->host.reply && s->hook == PRE;
	s->snat |= w->host.reply && s->hook == POST;
	/* Where no chain has decided, it is decided that nothing changes. */
	if (w->nat_active && s->hook != FWD)
		s->manip |= manip;
}

static uint8_t fate_of(const struct world *w, const struct sent *s)
{
	const struct way *way = &ways[s->way];
	unsigned int last = 0;

	/* Own and legacy ones are at the first: none is not seen at all. */
	for (unsigned int i = 0; i < way->hooks; i++)
		for (unsigned int k = 0; k < w->slots[way->hook[i]]; k++)
			if (!is_gone(w, way->hook[i],
				     &w->slot[way->hook[i]][k]) &&
			    (!w->slot[way->hook[i]][k].nat ||
			     (s->fresh && (s->way != LOOPBACK || i < 2))))
				last = way->hook[i];
	switch (last) {
	case PRE:
		return FATE_UNKNOWN;
	case IN:
		return FATE_DELIVERED;
	case FWD:
		return FATE_FORWARDED;
	}
	return s->way == FORWARDED ? FATE_FORWARDED : FATE_SENT;
}

static void send_packet(struct world *w, unsigned int way, bool fresh)
{
	struct sent s = {
		.way = (uint8_t)way, .number = w->packets, .id = ID, .ttl = 64,
		.in = way == LOOPBACK ? LO : ETH0,
		.out = way == LOOPBACK ? LO : ETH1,
		.fresh = fresh && w->nat_active && !w->host.reply,
		.stamp_ns = w->now_ns / 1000 * 1000,
	};
	struct told *t = &w->sent[w->packets++];

	for (unsigned int i = 0; i < ways[way].hooks; i++) {
		s.hook = ways[way].hook[i];
		if (s.hook == FWD)
			s.ttl--;
		/* A new receipt, and another device: another id. */
		if (i == 2 && way == LOOPBACK) {
			s.id = LOOPED_ID;
			s.stamp_ns = w->now_ns / 1000 * 1000;
		}
		pass(w, &s, t);
	}
	t->fate = fate_of(w, &s);
	w->now_ns += 50000;
}

/* Where chains were not known the fate is for whoever reads them then. */
static bool same(const struct world *w, const struct told *a,
		 const struct told *b)
{
	return a->steps == b->steps &&
	       (w->host.unknown ? b->fate != FATE_INCOMPLETE && b->fate != FATE_COUNT
				: a->fate == b->fate) &&
	       memcmp(a->at, b->at, a->steps * sizeof(a->at[0])) == 0;
}

static void print_told(const char *what, const struct told *t)
{
	print_error("%s %s:", what, fate_word(t->fate));
	for (unsigned int i = 0; i < t->steps; i++)
		print_error(" %s%s-%u", t->at[i]->backend == EVENT_NFT ? "nft-" : "",
			    t->at[i]->order == T_DNAT || t->at[i]->order == T_SNAT
			    ? "nat" : t->at[i]->table, t->at[i]->hook);
	print_error("\n");
}

static void fault(const struct world *w, const char *why)
{
	const struct host *h = &w->host;

	print_error("%s: filter 0x%x nat 0x%x tables 0x%x unknown 0x%x%s%s%s%s, "
		    "%s%s, twice 0x%x, %u packets, %u stories\n",
		    why, h->filter, h->nat, h->tables, h->unknown,
		    h->legacy ? " legacy" : "", h->late ? " late" : "",
		    h->translates ? " translates" : "",
		    h->alike ? " alike" : "", h->early ? " early" :
		    h->reply ? " reply" : "", h->family ? "ipv6" : "ipv4", h->twice,
		    w->packets, w->stories);
	for (unsigned int i = 0; i < w->packets; i++)
		print_told("sent", &w->sent[i]);
	for (unsigned int i = 0; i < w->stories; i++)
		print_told("told", &w->told[i]);
	fail();
}

static void judge(struct world *w)
{
	unsigned int k;

	if (w->stories != w->packets)
		fault(w, "not one story a packet");
	for (unsigned int i = 0; i < w->packets; i++) {
		for (k = 0; k < w->stories; k++)
			if (same(w, &w->sent[i], &w->told[k]))
				break;
		if (k == w->stories)
			fault(w, "not its story");
		w->told[k].fate = FATE_COUNT;
	}
}

/* A connection's first packet and later ones, each in the buffer of the one before. */
static void play(const struct host *h, unsigned int way)
{
	struct world *w = open_world(h);

	for (unsigned int i = 0; i < PACKETS; i++)
		send_packet(w, way, i == 0);
	/* Once at leisure: whoever is waited for in vain is over then. */
	w->now_ns += UINT64_C(300000000);
	journeys_expire(w->journeys, w->now_ns);
	let_go(w);
	if (w->stories != w->packets)
		fault(w, "somebody is waited for");
	/* The run ends while one is between its two halves. */
	w->undone = way == LOOPBACK && !h->unknown;
	send_packet(w, way, true);
	journeys_finish(w->journeys);
	let_go(w);
	journeys_close(w->journeys);
	judge(w);
	free(w);
}

/* An emulated processor plays some: what they are about is no matter of the processor. */
static bool is_left_out(void)
{
	static unsigned int turn;

	return emulated() && turn++ % EMULATED_EACH;
}

/* All that is left open, bit by bit. */
static void play_all_ways(const struct host *h)
{
	struct host each = *h;

	for (unsigned int bits = 0; bits < 8; bits++) {
		each.family = bits & 1;
		each.translates = bits & 2;
		each.alike = bits & 4;
		for (unsigned int way = 0; way < WAYS; way++)
			if (!is_left_out())
				play(&each, way);
	}
}

/* Of these some that differ from host to host; all of them takes long. */
static void play_one_way(const struct host *h, unsigned int turn)
{
	struct host one = *h;

	one.family = turn & 1;
	one.translates = turn & 2;
	one.alike = turn & 4;
	if (!is_left_out())
		play(&one, turn / 8 % WAYS);
}

enum { EVERY = 1 << HOOKS, NO_NAT = 1 << FWD };

static void test_nft(void **state)
{
	struct host h = { .filter = 0 };

	(void)state;
	for (h.filter = 0; h.filter < EVERY; h.filter++)
		for (h.nat = 0; h.nat < EVERY; h.nat++) {
			if (h.nat & NO_NAT)
				continue;
			h.late = false;
			play_all_ways(&h);
			h.late = true;
			play_all_ways(&h);
		}
}

static void test_reply(void **state)
{
	struct host h = { .reply = true };

	(void)state;
	for (unsigned int legacy = 0; legacy < 2; legacy++)
		for (h.filter = 0; h.filter < EVERY; h.filter++) {
			h.legacy = legacy;
			h.late = false;
			play_all_ways(&h);
			h.late = true;
			play_all_ways(&h);
		}
}

/* Chains that came while the trace ran, and have not been read yet. */
static void test_unknown(void **state)
{
	struct host h = { .filter = 0 };
	unsigned int turn = 0;

	(void)state;
	for (h.unknown = 1; h.unknown < EVERY; h.unknown++)
		for (h.filter = 0; h.filter < EVERY; h.filter++)
			for (h.nat = 0; h.nat < EVERY; h.nat++)
				if (!(h.nat & NO_NAT))
					play_one_way(&h, turn += 7);
}

/* The same beside legacy tables. */
static void test_unknown_mixed(void **state)
{
	struct host h = { .legacy = true };
	unsigned int turn = 0;

	(void)state;
	for (h.tables = 0; h.tables < 1 << TABLES; h.tables++)
		for (h.unknown = 1; h.unknown < EVERY; h.unknown++)
			for (h.filter = 0; h.filter < EVERY; h.filter++) {
				h.nat = turn % EVERY & ~NO_NAT;
				h.late = turn & 64;
				play_one_way(&h, turn += 7);
			}
}

static void test_legacy(void **state)
{
	struct host h = { .legacy = true };

	(void)state;
	for (h.tables = 0; h.tables < 1 << TABLES; h.tables++)
		play_all_ways(&h);
}

/* A table is made anew: for a moment its old chains are there, and the new ones. */
static void test_twice(void **state)
{
	struct host h = { .filter = 0 };
	unsigned int turn = 0;

	(void)state;
	for (unsigned int legacy = 0; legacy < 2; legacy++)
		for (h.twice = 1; h.twice < EVERY; h.twice++)
			for (h.filter = 0; h.filter < EVERY; h.filter++)
				for (h.nat = 0; h.nat < EVERY; h.nat++) {
					if (h.nat & NO_NAT)
						continue;
					h.legacy = legacy;
					h.late = turn & 64;
					play_one_way(&h, turn += 7);
				}
}

static void test_early(void **state)
{
	struct host h = { .legacy = true, .early = true };
	unsigned int turn = 0;

	(void)state;
	for (h.tables = 0; h.tables < 1 << TABLES; h.tables++)
		for (h.filter = 0; h.filter < EVERY; h.filter++) {
			h.nat = 0;
			play_all_ways(&h);
			h.nat = turn++ % EVERY & ~NO_NAT;
			play_all_ways(&h);
		}
}

static void test_mixed(void **state)
{
	struct host h = { .legacy = true };
	bool all = getenv("SOAK");
	unsigned int turn = 0;

	(void)state;
	for (h.tables = 0; h.tables < 1 << TABLES; h.tables++)
		for (h.filter = 0; h.filter < EVERY; h.filter++)
			for (h.nat = 0; h.nat < EVERY; h.nat++) {
				if (h.nat & NO_NAT)
					continue;
				if (all)
					play_all_ways(&h);
				for (unsigned int i = 0; !all && i < 5; i++)
					play_one_way(&h, turn += 7);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nft),
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_unknown_mixed),
		cmocka_unit_test(test_legacy),
		cmocka_unit_test(test_twice),
		cmocka_unit_test(test_early),
		cmocka_unit_test(test_mixed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
