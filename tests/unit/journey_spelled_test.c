// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * journey_spelled_test: packets of the same bytes over loopback, by several CPUs at once, of
 * which only the rules that they meet tell one from another: as truth.sh sends them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
#include "place/place_index.h"
#include "place/table_order.h"
#include "rules/legacy/snapshot.h"
#include "tests/unit/emulated.h"

enum { PRE = NF_INET_PRE_ROUTING, IN = NF_INET_LOCAL_IN, OUT = NF_INET_LOCAL_OUT,
       POST = NF_INET_POST_ROUTING };

enum { LO = 1, ETH0 = 2, CPUS = 2, PACKETS = 600, BUFFERS = 6, NIBBLE = 15, BITS = 16,
       RULES = 2 + BITS + NIBBLE, DROPPED = 13, STOPS = 9, DROPS_AT = 2,
       SEEDS = 40, SOAK_SEEDS = 4000, EMULATED_SEEDS = 2 };

/* A builtin chain has a rule for each value of the low four bits, which jumps. */
struct stop {
	uint8_t order, hook, buffer;
	int16_t priority;
};

/* Which buffer it is then: nft's id is another's for each. */
enum { ITSELF, CLONE, RECEIVED };

#define SENT_BY { T_RAW, OUT, ITSELF, -300 }, { T_MANGLE, OUT, ITSELF, -150 }, \
		{ T_FILTER, OUT, ITSELF, 0 }
#define CAME_IN { T_RAW, PRE, RECEIVED, -300 }, { T_MANGLE, PRE, RECEIVED, -150 }, \
		{ T_MANGLE, IN, RECEIVED, -150 }, { T_FILTER, IN, RECEIVED, 0 }

struct way {
	struct stop stop[STOPS];
	unsigned int stops;
	uint32_t dev;			/* out by it, and in */
	uint8_t dst;			/* the first byte */
	uint8_t copies;
};

static const struct way loopback = {
	{ SENT_BY, { T_MANGLE, POST, ITSELF, -150 }, CAME_IN }, 8, LO, 10, 1,
};

/* The copy for this host, then the packet itself: ip_mc_output(), netif_rx(). */
static const struct way multicast = {
	{ SENT_BY, { T_MANGLE, POST, CLONE, -150 }, CAME_IN,
	  { T_MANGLE, POST, ITSELF, -150 } }, 9, ETH0, 239, 2,
};

/* Where the copy waits until then. */
static const struct way multicast_late = {
	{ SENT_BY, { T_MANGLE, POST, CLONE, -150 }, { T_MANGLE, POST, ITSELF, -150 },
	  CAME_IN }, 9, ETH0, 239, 2,
};

/* In which a rule stands for each higher bit, and an end for each value of the low ones. */
enum { SPELL = 1000, FIRST_END = BITS + 1 };

struct flight {
	uint32_t serial, id;
	uint64_t stamp_ns;
	unsigned int at, rule;		/* which of the way's; 0: the jump, then spell's */
	bool busy, moved;		/* .moved: since the reader's last pause */
};

struct game {
	const struct way *way;
	struct path_map map;
	struct journeys *journeys;
	struct place jump[STOPS][NIBBLE + 1], spell[T_COUNT][RULES];
	struct flight cpu[CPUS];
	struct event last;		/* of legacy, as numbered by .told */
	uint64_t seed, told;
	uint64_t kernel_ns, read_ns;	/* when it is made, and read */
	unsigned int sent, count, marked, wrong;
	bool both;			/* mangle is nft's, else a legacy table */
	unsigned int cpus;		/* that send */
	bool one_time;			/* different packets may have the same stamp */
};

static uint8_t bytes[60] = {
	0x45, 0, 0, 60, 0, 0, 0, 0, 64, IPPROTO_UDP, 0, 0, 10, 2, 0, 1, 10, 1, 0, 1,
	0x0f, 0xa1, 0, 9, 0, 40,
};

static struct snapshot snapshot;

static unsigned int chance(struct game *g, unsigned int n)
{
	g->seed = g->seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned int)(g->seed >> 33) % n;
}

/* ---- the rules */

static void fill(struct game *g, struct place *p, uint8_t order, uint32_t number)
{
	static const char *const tables[] = {
		[T_RAW] = "raw", [T_MANGLE] = "mangle", [T_FILTER] = "filter",
	};
	bool nft = g->both && order == T_MANGLE;

	*p = (struct place){
		.prefix = "", .rule = "", .line = "", .target = "", .chain = "c",
		.table = tables[order], .order = order, .nfproto = NFPROTO_IPV4,
		.snap = nft ? NULL : &snapshot, .number = nft ? 0 : number,
		.position = number, .last = RULES, .id = number,
		.backend = nft ? EVENT_NFT : EVENT_LEGACY,
		.chain_index = SPELL + order, .target_chain = SPELL + order,
		.hook = NOT_A_HOOK, .slot = SLOT_NONE,
	};
}

static void fill_jumps(struct game *g, unsigned int i)
{
	const struct stop *s = &g->way->stop[i];
	uint32_t key = (g->both && s->order == T_MANGLE ? 0x80000000u : 0) | s->order;
	uint8_t slot = path_map_add(&g->map, 0, s->hook, key, s->priority, false);

	for (uint32_t n = 0; n <= NIBBLE; n++) {
		struct place *p = &g->jump[i][n];

		fill(g, p, s->order, n + 1);
		p->chain_index = s->order * 8u + s->hook;
		p->hook = s->hook;
		p->slot = slot;
		p->effect = EFFECT_JUMP;
		p->only_steps = place_has_only_steps(p);
	}
}

static void fill_spells(struct game *g, uint8_t order)
{
	for (uint32_t n = 0; n < RULES; n++) {
		struct place *p = &g->spell[order][n];

		fill(g, p, order, n);
		if (n >= FIRST_END)
			p->effect = order == T_FILTER && n == FIRST_END + DROPPED ?
				EFFECT_DROP : EFFECT_ACCEPT;
		p->only_steps = place_has_only_steps(p);
	}
}

/* ---- what is told */

static bool spells(const struct journey *j, uint32_t *serial)
{
	uint32_t spelled = 0, before = UINT32_MAX;
	bool open = false;

	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct place *p = j->step[i].place;

		if (p->effect == EFFECT_JUMP) {
			if (open)
				return false;
			spelled = p->id - 1;
			open = true;
		} else if (!open) {
			return false;
		} else if (p->id < FIRST_END) {
			if (spelled >> (p->id + 3))
				return false;
			spelled |= 1u << (p->id + 3);
		} else {
			if ((spelled & NIBBLE) != p->id - FIRST_END ||
			    (before != UINT32_MAX && before != spelled))
				return false;
			before = spelled;
			open = false;
		}
	}
	*serial = before;
	return !open;
}

static void tell(const struct journey *j, const char *why)
{
	print_error("%s, %u:", why, j->fate[0].kind);
	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct place *p = j->step[i].place;

		print_error(p->effect == EFFECT_JUMP ? " %s-%u:%x" : " %s-%u:%u",
			    p->table, p->hook, p->effect == EFFECT_JUMP ? p->id - 1 : p->id);
	}
	print_error("\n");
}

static bool ends_well(const struct game *g, const struct journey *j, bool dropped)
{
	if (dropped)
		return j->branches == 1 && j->fate[0].kind == FATE_DROP;
	if (g->way->copies == 1)
		return j->branches == 1 && j->fate[0].kind == FATE_DELIVERED;
	return j->branches == 2 &&
	       ((j->fate[0].kind == FATE_SENT && j->fate[1].kind == FATE_DELIVERED) ||
		(j->fate[0].kind == FATE_DELIVERED && j->fate[1].kind == FATE_SENT));
}

static bool judge(void *arg, struct journey *j)
{
	struct game *g = arg;
	uint32_t serial = 0;
	const char *why = NULL;

	g->count++;
	if (j->flags & JOURNEY_AMBIGUOUS) {
		g->marked++;
		return false;
	}
	if (j->fate[0].kind == FATE_INCOMPLETE)
		why = "incomplete, and nothing was lost";
	else if (!spells(j, &serial))
		why = "events of several packets";
	else if (!ends_well(g, j, (serial & NIBBLE) == DROPPED))
		why = "the fate";
	if (why && !g->wrong++)
		tell(j, why);
	return false;
}

/* ---- what is sent */

/* As event_parse_again() numbers them. */
static void number(struct game *g, struct event *e)
{
	struct event like = *e;

	if (memcmp(&like, &g->last, sizeof(like)) != 0)
		g->told++;
	g->last = like;
	e->told = g->told;
}

static void emit(struct game *g, struct flight *f, const struct place *at)
{
	const struct stop *s = &g->way->stop[f->at];
	struct event_nft nft = { .id = f->id + s->buffer * CPUS * BUFFERS };
	struct event e;

	memset(&e, 0, sizeof(e));
	e.nfproto = NFPROTO_IPV4;
	e.hook = s->hook;
	e.payload = bytes;
	e.payload_len = sizeof(bytes);
	e.in = s->hook == PRE || s->hook == IN ? g->way->dev : 0;
	e.out = s->hook == OUT || s->hook == POST ? g->way->dev : 0;
	g->kernel_ns += 1000;
	f->moved = true;
	if (at->backend == EVENT_NFT) {
		e.nft = &nft;
		e.hook = at->hook;
		if (at->hook == NOT_A_HOOK) {
			e.flags = EVENT_NO_HEADERS;
			e.payload_len = e.in = e.out = 0;
			e.payload = NULL;
		}
	} else {
		if (e.in) {
			e.flags = EVENT_HAS_STAMP;
			e.stamp_ns = f->stamp_ns;
		}
		number(g, &e);
	}
	journeys_add(g->journeys, &e, at, g->read_ns, g->read_ns);
}

static void depart(struct game *g, unsigned int cpu)
{
	struct flight *f = &g->cpu[cpu];

	*f = (struct flight){
		.serial = g->sent++, .busy = true,
		.id = 1 + cpu * BUFFERS + chance(g, BUFFERS),
	};
}

/* Return: at the end of the table. */
static bool next_rule(struct game *g, struct flight *f)
{
	uint8_t order = g->way->stop[f->at].order;
	unsigned int n = f->rule;

	if (n == 0) {
		f->rule = 1;
		emit(g, f, &g->jump[f->at][f->serial & NIBBLE]);
		return false;
	}
	while (n <= BITS && !(f->serial & 1u << (n + 3)))
		n++;
	f->rule = n + 1;
	if (n > BITS)
		n = FIRST_END + (f->serial & NIBBLE);
	emit(g, f, &g->spell[order][n]);
	return n > BITS;
}

static void turn(struct game *g, unsigned int cpu)
{
	struct flight *f = &g->cpu[cpu];

	if (!f->busy) {
		if (g->sent < PACKETS)
			depart(g, cpu);
		return;
	}
	if (!next_rule(g, f))
		return;
	f->rule = 0;
	if (f->at == DROPS_AT && (f->serial & NIBBLE) == DROPPED) {
		f->busy = false;
		return;
	}
	if (++f->at == g->way->stops)
		f->busy = false;
	else if (g->way->stop[f->at].order == T_RAW)
		f->stamp_ns = g->kernel_ns / (g->one_time ? 50000 : 1000) *
			      (g->one_time ? 50000 : 1000);
}

static bool all_idle(const struct game *g)
{
	for (unsigned int i = 0; i < CPUS; i++)
		if (g->cpu[i].busy)
			return false;
	return g->sent == PACKETS;
}

/*
 * The reader comes again, when others have let it: all that was made before the last time it
 * has read.  A packet does not rest for so long.
 */
static void pause_reading(struct game *g)
{
	for (unsigned int i = 0; i < CPUS; i++)
		if (g->cpu[i].busy && !g->cpu[i].moved)
			return;
	for (unsigned int i = 0; i < CPUS; i++)
		g->cpu[i].moved = false;
	journeys_made_since(g->journeys, g->read_ns);
	g->read_ns += chance(g, 4) ? 100000 : 30000000;
}

static void play(struct game *g)
{
	static const struct journey_ops ops = { .done = judge };
	unsigned int cpu = 0;

	bytes[16] = g->way->dst;
	for (unsigned int i = 0; i < g->way->stops; i++)
		fill_jumps(g, i);
	fill_spells(g, T_RAW);
	fill_spells(g, T_MANGLE);
	fill_spells(g, T_FILTER);
	g->kernel_ns = g->read_ns = 1000000000;
	g->journeys = journeys_open(&g->map, 128, false, g->both, &ops, g);
	while (!all_idle(g)) {
		/* Each for a while, or in turn. */
		if (chance(g, g->seed % 3 ? 3 : 40) == 0)
			cpu = chance(g, g->cpus);
		turn(g, cpu);
		if (chance(g, 60) == 0)
			pause_reading(g);
	}
	journeys_finish(g->journeys);
	journeys_close(g->journeys);
}

static unsigned int seeds(void)
{
	return getenv("SOAK") ? SOAK_SEEDS : emulated() ? EMULATED_SEEDS : SEEDS;
}

/* Return: how many were marked. */
static unsigned int play_all(const struct way *way, unsigned int cpus, bool both)
{
	static struct game g;
	unsigned int marked = 0;

	for (unsigned int seed = 1; seed <= seeds(); seed++) {
		memset(&g, 0, sizeof(g));
		g.seed = seed;
		g.way = way;
		g.cpus = cpus;
		g.both = both;
		g.one_time = seed % 4 == 0;
		play(&g);
		if (g.wrong || g.count != PACKETS)
			fail_msg("seed %u: %u wrong, %u journeys of %u packets", seed,
				 g.wrong, g.count, PACKETS);
		marked += g.marked;
	}
	print_message("%u packets, %u marked\n", seeds() * PACKETS, marked);
	return marked;
}

static void test_legacy(void **state)
{
	(void)state;
	play_all(&loopback, CPUS, false);
}

/* By stamps in raw and filter, by nft's ids in mangle. */
static void test_both(void **state)
{
	(void)state;
	play_all(&loopback, CPUS, true);
}

/* However many there are at once: each is over when its copy is. */
static void test_multicast(void **state)
{
	(void)state;
	for (unsigned int both = 0; both < 2; both++) {
		assert_int_equal(play_all(&multicast, 1, both), 0);
		assert_int_equal(play_all(&multicast_late, 1, both), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_legacy),
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_multicast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
