// SPDX-License-Identifier: GPL-2.0-or-later
/* journey_random_test: packets of a few flows on several CPUs, interleaved by chance. */
#include "journey/journeys_end.h"
#include "journey_world.h"
#include "tests/unit/emulated.h"

enum { PACKETS = 1500, CPUS = 3, BACKLOG = 32, WAY = 8, SEEDS = 40,
       BUFFERS = 512,
       SOAK_SEEDS = 1000, EMULATED_SEEDS = 4 };

/* Ways through the host; the last is for what comes back over loopback. */
static const struct way {
	uint8_t fate, len;
	enum spot at[WAY];
} ways[] = {
	{ FATE_FORWARDED, 7, { PRE_RAW_RULE, PRE_RAW, PRE_MANGLE, FWD_MANGLE,
			       FWD_RULE, FWD_FILTER, POST } },
	{ FATE_DROP, 6, { PRE_RAW_RULE, PRE_RAW, PRE_MANGLE, FWD_MANGLE,
			  FWD_RULE, FWD_DROP } },
	{ FATE_LOST, 3, { PRE_RAW_RULE, PRE_RAW, PRE_MANGLE } },
	{ FATE_DELIVERED, 5, { PRE_RAW_RULE, PRE_RAW, PRE_MANGLE, IN_MANGLE,
			       IN_FILTER } },
	{ FATE_SENT, 4, { OUT_RAW, OUT_MANGLE, OUT_FILTER, POST } },
	{ FATE_DELIVERED, 8, { OUT_RAW, OUT_MANGLE, OUT_FILTER, POST,
			       PRE_RAW, PRE_MANGLE, IN_MANGLE, IN_FILTER } },
};

enum { LOOPED = 5, OUT_HALF = 4, WAYS = sizeof(ways) / sizeof(ways[0]) };

struct packet_under_way {
	struct sent sent;
	const struct way *way;
	unsigned int step;
};

struct cpu {
	struct packet_under_way now;
	bool busy;
	struct packet_under_way backlog[BACKLOG];
	unsigned int waiting;
};

struct game {
	struct world *w;
	uint64_t seed;
	struct cpu cpu[CPUS];
	const struct way *way[PACKETS];	/* of each packet */
	uint8_t journeys[PACKETS];	/* unmarked ones of each */
	unsigned int way_sent[WAYS], way_seen[WAYS];
	unsigned int sent, count, marked, incomplete, wrong;
	unsigned int losing, lost;
	bool lossy, tcp, one_flow;
	const struct way *only;		/* all go this one, or NULL */
};

static unsigned int chance(struct game *g, unsigned int n)
{
	g->seed = g->seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned int)(g->seed >> 33) % n;
}

static void wrong(struct game *g, const struct journey *j, const char *why)
{
	print_error("packet %u, %s: %s:", j->step[0].place->id,
		    fate_word(j->fate[0].kind), why);
	for (uint32_t i = 0; i < journey_kept(j); i++)
		print_error(" %u", j->step[i].place->id);
	print_error("\n");
	g->wrong++;
}

static bool is_pure(const struct journey *j)
{
	for (uint32_t i = 1; i < journey_kept(j); i++)
		if (j->step[i].place->id != j->step[0].place->id)
			return false;
	return true;
}

static bool went(const struct journey *j, const struct way *way)
{
	if (j->fate[0].kind != way->fate || j->steps != way->len)
		return false;
	for (uint32_t i = 0; i < j->steps; i++)
		if (j->step[i].place->id != (uint32_t)'a' + way->at[i])
			return false;
	return true;
}

/* Packets alike: only how many went which way can be told. */
static bool judge_alike(void *arg, struct journey *j)
{
	struct game *g = arg;

	g->count++;
	if (j->flags & JOURNEY_AMBIGUOUS) {
		g->marked++;
		return false;
	}
	for (unsigned int i = 0; i < WAYS; i++) {
		if (went(j, &ways[i])) {
			g->way_seen[i]++;
			return false;
		}
	}
	wrong(g, j, "no way at all");
	return false;
}

static bool judge(void *arg, struct journey *j)
{
	struct game *g = arg;
	uint32_t id = j->step[0].place->id;
	bool incomplete = j->fate[0].kind == FATE_INCOMPLETE;

	g->count++;
	g->marked += j->flags & JOURNEY_AMBIGUOUS ? 1 : 0;
	g->incomplete += incomplete;
	if (g->lossy && !incomplete && j->flags & JOURNEY_AMBIGUOUS &&
	    j->fate[0].kind != g->way[j->step[journey_kept(j) - 1].place->id]->fate)
		wrong(g, j, "a marked one with a fate made up");
	if (j->flags & JOURNEY_AMBIGUOUS || (g->lossy && incomplete))
		return false;
	if (!is_pure(j))
		wrong(g, j, "events of several packets");
	else if (j->fate[0].kind != g->way[id]->fate)
		wrong(g, j, "the fate");
	else if (j->steps != g->way[id]->len)
		wrong(g, j, "events are missing");
	else if (g->journeys[id]++)
		wrong(g, j, "twice");
	return false;
}

static void emit(struct game *g, struct packet_under_way *p)
{
	enum spot spot = p->way->at[p->step++];
	struct sent *s = &p->sent;

	if (spots[spot].hook == NF_INET_FORWARD && s->ttl == 64)
		s->ttl = 63;
	if (g->lossy && !g->losing && chance(g, 300) == 0)
		g->losing = 1 + chance(g, 40);
	if (!g->losing) {
		go(g->w, s, spot);
		return;
	}
	g->lost++;
	if (--g->losing == 0) {
		journeys_gap(g->w->journeys, g->lost);
		g->lost = 0;
	}
}

/* Of a buffer that was somebody else's a moment ago. */
static uint32_t new_id(struct game *g)
{
	for (;;) {
		uint32_t id = 1 + chance(g, BUFFERS);
		bool taken = false;

		for (unsigned int i = 0; i < CPUS; i++) {
			const struct cpu *c = &g->cpu[i];

			taken |= c->busy && c->now.sent.trace_id == id;
			for (unsigned int k = 0; k < c->waiting; k++)
				taken |= c->backlog[k].sent.trace_id == id;
		}
		if (!taken)
			return id;
	}
}

/* Few flows, so that packets are alike; one is TCP of a local socket. */
static void make(struct game *g, struct packet_under_way *p)
{
	static const uint16_t ports[] = { 1000, 1000, 2000, 3000 };
	unsigned int flow = chance(g, 4);
	const struct way *way = &ways[chance(g, 6)];

	if (g->only)
		way = g->only;
	*p = (struct packet_under_way){ .sent = udp, .way = way };
	p->sent.letter = g->sent;
	p->sent.sport = ports[flow];
	p->sent.stamp = g->w->now_ns / 1000 * 1000;
	if (flow == 3 && !g->w->alike && !g->one_flow) {
		p->sent.proto = IPPROTO_TCP;
		p->sent.stamp = 0;
	}
	if (g->w->alike || g->one_flow)
		p->sent.sport = 1000;
	if (g->w->alike && g->tcp) {
		p->sent.proto = IPPROTO_TCP;
		p->sent.stamp = 0;
	}
	p->sent.trace_id = new_id(g);
	if (way == &ways[LOOPED])
		p->sent.in = p->sent.out = LO;
	g->way_sent[way - ways]++;
	g->way[g->sent++] = way;
}

static void take_next(struct game *g, struct cpu *c)
{
	if (c->waiting) {
		c->now = c->backlog[0];
		memmove(c->backlog, c->backlog + 1,
			--c->waiting * sizeof(c->backlog[0]));
		/* Stamped when it was put there, in its turn. */
	} else if (g->sent < PACKETS) {
		make(g, &c->now);
	} else {
		return;
	}
	c->busy = true;
}

static void turn(struct game *g, struct cpu *c)
{
	if (!c->busy)
		take_next(g, c);
	if (!c->busy)
		return;
	emit(g, &c->now);
	if (c->now.way == &ways[LOOPED] && c->now.step == OUT_HALF &&
	    c->waiting < BACKLOG) {
		if (c->now.sent.stamp)
			c->now.sent.stamp = g->w->now_ns / 1000 * 1000;
		c->now.sent.trace_id = new_id(g);
		c->backlog[c->waiting++] = c->now;
		c->busy = false;
		/* Most of the time it is taken up at once. */
		if (chance(g, 8) == 0 && g->sent < PACKETS) {
			make(g, &c->now);
			c->busy = true;
		}
	} else if (c->now.step == c->now.way->len) {
		c->busy = false;
	}
}

static bool all_idle(const struct game *g)
{
	for (unsigned int i = 0; i < CPUS; i++)
		if (g->cpu[i].busy || g->cpu[i].waiting)
			return false;
	return g->sent == PACKETS;
}

static void play(struct world *w, struct game *g)
{
	static const struct journey_ops ops = { .done = judge };
	static const struct journey_ops alike = { .done = judge_alike };

	g->w = w;
	journeys_close(w->journeys);
	w->journeys = journeys_open(&w->map, 128, false, w->both,
				    w->alike ? &alike : &ops, g);
	while (!all_idle(g)) {
		turn(g, &g->cpu[chance(g, CPUS)]);
		/* What is late must not be taken for dead. */
		if (chance(g, 50) == 0)
			w->now_ns += 300000;
	}
	if (g->lost)
		journeys_gap(w->journeys, g->lost);
	journeys_finish(w->journeys);
}

static unsigned int seeds(void)
{
	return getenv("SOAK") ? SOAK_SEEDS : emulated() ? EMULATED_SEEDS : SEEDS;
}

static void play_all_seen(struct world *w)
{
	static struct game g;
	unsigned int marked = 0;

	for (unsigned int seed = 1; seed <= seeds(); seed++) {
		memset(&g, 0, sizeof(g));
		g.seed = seed;
		g.one_flow = w->both && seed % 2;
		play(w, &g);
		if (g.wrong || g.count != PACKETS || g.incomplete)
			fail_msg("seed %u: %u wrong, %u journeys, %u incomplete",
				 seed, g.wrong, g.count, g.incomplete);
		marked += g.marked;
	}
	print_message("%u packets, %u marked\n", seeds() * PACKETS, marked);
}

static void test_all_seen(void **state)
{
	play_all_seen(*state);
}

/* By stamps in raw and filter, by nft's ids in mangle. */
static void test_both_backends(void **state)
{
	struct world *w = *state;

	w->both = true;
	play_all_seen(w);
}

static void test_some_lost(void **state)
{
	static struct game g;
	unsigned int incomplete = 0;

	for (unsigned int seed = 1; seed <= seeds(); seed++) {
		memset(&g, 0, sizeof(g));
		g.seed = seed * 1000;
		g.lossy = true;
		play(*state, &g);
		if (g.wrong)
			fail_msg("seed %u: %u wrong", seed, g.wrong);
		incomplete += g.incomplete;
	}
	print_message("%u packets, %u incomplete\n", seeds() * PACKETS,
		      incomplete);
	assert_true(incomplete > 0);
}

/* Return: how many were marked of packets that are the same to the last bit. */
static unsigned int play_alike(struct world *w, unsigned int seed,
			       const struct way *only)
{
	static struct game g;

	memset(&g, 0, sizeof(g));
	g.seed = seed;
	g.tcp = seed % 2;
	g.only = only;
	w->alike = true;
	play(w, &g);
	for (unsigned int i = 0; i < WAYS; i++)
		g.wrong += g.way_seen[i] > g.way_sent[i];
	if (g.wrong || g.count != PACKETS)
		fail_msg("seed %u: %u wrong, %u journeys, %u marked", seed,
			 g.wrong, g.count, g.marked);
	return g.marked;
}

static void test_both_alike(void **state)
{
	struct world *w = *state;
	unsigned int marked = 0;

	w->both = true;
	for (unsigned int seed = 1; seed <= seeds(); seed++)
		marked += play_alike(w, seed, NULL);
	print_message("%u packets, %u marked\n", seeds() * PACKETS, marked);
}

static void test_alike(void **state)
{
	unsigned int marked = 0;

	for (unsigned int seed = 1; seed <= seeds(); seed++)
		marked += play_alike(*state, seed, NULL);
	print_message("%u packets, %u marked\n", seeds() * PACKETS, marked);
}

/* And meet the same rules: it does not matter which is which. */
static void test_alike_in_all(void **state)
{
	unsigned int marked = 0;

	for (unsigned int seed = 1; seed <= seeds(); seed++)
		marked += play_alike(*state, seed, &ways[seed % WAYS]);
	print_message("%u packets, %u marked\n", seeds() * PACKETS, marked);
	assert_true(marked < seeds() * PACKETS / 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_seen, begin, end),
		cmocka_unit_test_setup_teardown(test_both_backends, begin, end),
		cmocka_unit_test_setup_teardown(test_some_lost, begin, end),
		cmocka_unit_test_setup_teardown(test_alike, begin, end),
		cmocka_unit_test_setup_teardown(test_both_alike, begin, end),
		cmocka_unit_test_setup_teardown(test_alike_in_all, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
