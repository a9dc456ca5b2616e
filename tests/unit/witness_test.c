// SPDX-License-Identifier: GPL-2.0-or-later
/* witness_test: chains of the run's own at the end of every hook: what they prove, and what not. */
#include "journey_world.h"

#include "journey/path_fate.h"
#include "place/place_index.h"
#include "place/witness_places.h"
#include "rules/base/owner.h"
#include "rules/base/witness.h"
#include "rules/nft/snapshot.h"
#include "rules/view/ruleset.h"

enum { ID = 77, PORT = 4242 };

static const struct owner run = {
	.end = 1000, .pid = 5, .start = 6, .pidns = 7, .nonce = "0123456789abcdef",
};
static const struct owner another = {
	.end = 1000, .pid = 8, .start = 6, .pidns = 7, .nonce = "fedcba9876543210",
};

/* A host of raw alone, or of all three tables; and how the last packet ended. */
struct host {
	struct world w;
	struct place_index *index;
	struct witness_places *witness;
	struct fate fate;
	struct change change[4];
	unsigned int changes, steps, branches;
};

static struct host *host;

static bool told(void *arg, struct journey *j)
{
	host->fate = j->fate[0];
	host->changes = j->changes;
	host->steps = j->steps;
	host->branches = j->branches;
	for (unsigned int i = 0; i < j->changes && i < 4; i++)
		host->change[i] = j->change[i];
	return done(arg, j);
}

static void build(bool raw_alone)
{
	static const struct journey_ops ops = { .done = told };
	static const struct ruleset none;
	const uint8_t both[FAMILY_COUNT] = { WITNESS_ALL, WITNESS_ALL };

	host = calloc(1, sizeof(*host));
	assert_non_null(host);
	for (size_t i = 0; i < sizeof(spots) / sizeof(spots[0]); i++)
		if (!raw_alone || spots[i].order == T_RAW)
			path_map_add(&host->w.map, 0, spots[i].hook,
				     spots[i].order, spots[i].order * 10, false);
	host->index = place_index_open(&none, &host->w.map);
	host->witness = witness_places_open(host->index, &host->w.map, &run,
					    both);
	host->w.journeys = journeys_open(&host->w.map, 128, false, true, &ops,
					 &host->w);
	host->w.now_ns = 1000000000;
	assert_non_null(host->witness);
	assert_non_null(host->w.journeys);
}

static int begin_raw(void **state)
{
	(void)state;
	build(true);
	return 0;
}

static int begin_all(void **state)
{
	(void)state;
	build(false);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	journeys_close(host->w.journeys);
	witness_places_close(host->witness);
	place_index_close(host->index);
	free(host);
	return 0;
}

/* The packet leaves a hook alive, as its headers are then. */
static bool leaves_of(const struct owner *of, const struct sent *s,
		      unsigned int hook)
{
	char table[OWNER_TEXT];
	struct event_nft nft = {
		.id = s->trace_id, .family = NFPROTO_IPV4, .type = 3, .handle = 9,
		.chain = { witness_chain(hook), 0 }, .table = { table, 0 },
	};
	struct event e = {
		.nfproto = NFPROTO_IPV4, .backend = EVENT_NFT, .nft = &nft,
	};
	const struct place *at;
	struct bytes b;

	owner_format_name(of, table);
	nft.table.len = (uint32_t)strlen(table);
	nft.chain.len = (uint32_t)strlen(nft.chain.text);
	assert_true(witness_places_has_chain(&nft));
	at = witness_places_find(host->witness, &e);
	if (!at)
		return false;
	assert_true(at->hidden && at->own && at->witness);
	fill_bytes(&b, s);
	e.payload = (void *)&b;
	e.payload_len = sizeof(b);
	e.hook = at->hook;
	if (hook != NF_INET_LOCAL_OUT && hook != NF_INET_POST_ROUTING)
		e.in = s->in;
	if (hook != NF_INET_PRE_ROUTING && hook != NF_INET_LOCAL_IN)
		e.out = s->out;
	host->w.now_ns += 1000;
	journeys_add(host->w.journeys, &e, at, host->w.now_ns, host->w.now_ns);
	return true;
}

static void leaves(const struct sent *s, unsigned int hook)
{
	assert_true(leaves_of(&run, s, hook));
}

/* A packet's way: spots whose rules it meets, and hooks that it leaves alive. */
#define AWAY(hook) (-1 - NF_INET_##hook)
#define WALK(s, ...) \
	walk(s, (const int[]){ __VA_ARGS__ }, \
	     sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int))

static void walk(const struct sent *s, const int way[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (way[i] < 0)
			leaves(s, (unsigned int)(-1 - way[i]));
		else
			go(&host->w, s, (enum spot)way[i]);
}

static struct sent packet(void)
{
	struct sent s = udp;

	s.trace_id = ID;
	return s;
}

static void assert_fate(enum fate_kind kind, unsigned int hook, bool inside)
{
	assert_int_equal(host->w.count, 1);
	assert_string_equal(fate_word(host->fate.kind), fate_word(kind));
	assert_int_equal(host->fate.hook, hook);
	assert_int_equal(host->fate.inside, inside);
	assert_int_equal(host->branches, 1);
}

/* No table stands at the hooks behind PREROUTING: yet nothing is left open. */
static void test_true_end(void **state)
{
	static const struct {
		unsigned int hooks[3], count;
		enum fate_kind kind;
	} rows[] = {
		{ { NF_INET_PRE_ROUTING, NF_INET_FORWARD, NF_INET_POST_ROUTING }, 3,
		  FATE_FORWARDED },
		{ { NF_INET_PRE_ROUTING, NF_INET_FORWARD }, 2, FATE_LOST },
		{ { NF_INET_PRE_ROUTING, NF_INET_LOCAL_IN }, 2, FATE_DELIVERED },
		{ { NF_INET_PRE_ROUTING }, 1, FATE_LOST },
	};
	const struct sent s = packet();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		host->w.count = 0;
		go(&host->w, &s, PRE_RAW);
		for (unsigned int k = 0; k < rows[i].count; k++)
			leaves(&s, rows[i].hooks[k]);
		/* What has left its last hook alive waits for nothing more. */
		assert_int_equal(host->w.count, rows[i].kind != FATE_LOST);
		pass_ms(&host->w, 1000);
		assert_fate(rows[i].kind, rows[i].hooks[rows[i].count - 1], false);
		assert_int_equal(host->steps, 1);
	}
}

/* Nothing has left the hook: it was dropped in there, by nobody who reports it. */
static void test_silent_inside(void **state)
{
	const struct sent s = packet();

	(void)state;
	go(&host->w, &s, PRE_RAW);
	pass_ms(&host->w, 1000);
	assert_fate(FATE_LOST, NF_INET_PRE_ROUTING, true);
	assert_non_null(strstr(host->fate.cause, "of that hook"));
}

static void test_sent(void **state)
{
	struct sent s = packet();

	(void)state;
	WALK(&s, OUT_RAW, AWAY(LOCAL_OUT));
	assert_int_equal(host->w.count, 0);
	leaves(&s, NF_INET_POST_ROUTING);
	assert_fate(FATE_SENT, NF_INET_POST_ROUTING, false);
	assert_int_equal(host->fate.out, ETH1);
}

/* What SNAT chose shows behind it; without a rule that can do it conntrack did. */
static void test_source_shows(void **state)
{
	struct sent s = packet();

	(void)state;
	WALK(&s, PRE_RAW, AWAY(PRE_ROUTING));
	s.ttl--;
	leaves(&s, NF_INET_FORWARD);
	s.src = "192.0.2.9";
	s.sport = PORT;
	leaves(&s, NF_INET_POST_ROUTING);
	assert_fate(FATE_FORWARDED, NF_INET_POST_ROUTING, false);
	for (unsigned int i = 0; i < host->changes; i++) {
		if (host->change[i].field != FIELD_SRC)
			continue;
		assert_int_equal(host->change[i].to.port, PORT);
		assert_int_equal(host->change[i].maker, MAKER_CONNTRACK);
		return;
	}
	fail_msg("no new source");
}

/* --queue-bypass, or a listener that accepts; and one that does not. */
static void test_queue_lets_go(void **state)
{
	const struct sent s = packet();

	(void)state;
	WALK(&s, PRE_RAW, PRE_MANGLE, AWAY(PRE_ROUTING), FWD_MANGLE, FWD_QUEUE,
	     AWAY(FORWARD), POST, AWAY(POST_ROUTING));
	assert_fate(FATE_FORWARDED, NF_INET_POST_ROUTING, false);
}

static void test_queue_keeps(void **state)
{
	const struct sent s = packet();

	(void)state;
	WALK(&s, PRE_RAW, PRE_MANGLE, AWAY(PRE_ROUTING), FWD_MANGLE, FWD_QUEUE);
	pass_ms(&host->w, 2000);
	assert_fate(FATE_QUEUE, NF_INET_FORWARD, false);
}

/* Dropped by a rule: nothing is waited for, and no witness asked. */
static void test_drop(void **state)
{
	const struct sent s = packet();

	(void)state;
	WALK(&s, PRE_RAW, PRE_MANGLE, AWAY(PRE_ROUTING), FWD_MANGLE, FWD_DROP);
	assert_fate(FATE_DROP, NF_INET_FORWARD, false);
}

/* Another run's packets pass these chains as well, and its own chains tell of ours. */
static void test_strangers(void **state)
{
	const struct sent s = packet();

	(void)state;
	leaves(&s, NF_INET_FORWARD);
	pass_ms(&host->w, 1000);
	assert_int_equal(host->w.count, 0);
	go(&host->w, &s, PRE_RAW);
	assert_false(leaves_of(&another, &s, NF_INET_PRE_ROUTING));
	pass_ms(&host->w, 1000);
	assert_fate(FATE_LOST, NF_INET_PRE_ROUTING, true);
}

/* The run's end is told of its table by another name, once the deadline was moved. */
static void test_renewed(void **state)
{
	const struct sent s = packet();
	struct owner later = run;

	(void)state;
	later.end += 60;
	WALK(&s, PRE_RAW, AWAY(PRE_ROUTING));
	assert_true(leaves_of(&later, &s, NF_INET_LOCAL_IN));
	assert_fate(FATE_DELIVERED, NF_INET_LOCAL_IN, false);
}

/* Of two packets alike each leaves the hook by its own id, whichever is first. */
static void test_twins(void **state)
{
	struct sent a = packet(), b = packet();

	(void)state;
	a.letter = 'A';
	b.letter = 'B';
	b.trace_id = ID + 1;
	a.stamp = 1;
	b.stamp = 2;
	WALK(&a, PRE_RAW, AWAY(PRE_ROUTING));
	WALK(&b, PRE_RAW, AWAY(PRE_ROUTING), AWAY(LOCAL_IN));
	assert_int_equal(host->w.count, 1);
	assert_string_equal(host->w.over[0].letters, "B");
	WALK(&a, AWAY(FORWARD), AWAY(POST_ROUTING));
	assert_int_equal(host->w.count, 2);
	assert_string_equal(host->w.over[1].letters, "A");
	assert_int_equal(host->w.over[0].flags & JOURNEY_AMBIGUOUS, 0);
	assert_int_equal(host->w.over[1].flags & JOURNEY_AMBIGUOUS, 0);
}

/* At the run's end the chains go: what user space held then may have gone on unseen. */
static void test_run_ends(void **state)
{
	const struct sent s = packet();

	(void)state;
	WALK(&s, PRE_RAW, PRE_MANGLE, AWAY(PRE_ROUTING), FWD_MANGLE, FWD_QUEUE);
	host->w.map.ending_ns = host->w.now_ns;
	go(&host->w, &s, POST);
	pass_ms(&host->w, 1000);
	assert_fate(FATE_FORWARDED, NF_INET_POST_ROUTING, false);
}

/* What was just passing has passed them: of that silence says what it always does. */
static void test_run_ends_for_others(void **state)
{
	const struct sent s = packet();

	(void)state;
	WALK(&s, PRE_RAW, PRE_MANGLE, AWAY(PRE_ROUTING), FWD_MANGLE,
	     FWD_FILTER);
	host->w.map.ending_ns = host->w.now_ns;
	pass_ms(&host->w, 1000);
	assert_fate(FATE_LOST, NF_INET_FORWARD, true);
}

/* The keeper was killed, and they went with it, while the rules in raw traced on. */
static void test_keeper_dies(void **state)
{
	const struct sent s = packet();

	(void)state;
	WALK(&s, PRE_RAW, PRE_MANGLE, FWD_MANGLE, FWD_FILTER, POST);
	host->w.map.ending_ns = host->w.now_ns;
	host->w.map.witness_gone = true;
	pass_ms(&host->w, 1000);
	assert_fate(FATE_FORWARDED, NF_INET_POST_ROUTING, false);
}

/* Rules of nft that are not shown may have dropped it; IPVS may have taken it. */
static void test_caveats(void **state)
{
	const struct sent s = packet();

	(void)state;
	host->w.map.nft_unseen = true;
	go(&host->w, &s, PRE_RAW);
	pass_ms(&host->w, 1000);
	assert_fate(FATE_UNKNOWN, NF_INET_PRE_ROUTING, true);
}

static void test_ipvs(void **state)
{
	const struct sent s = packet();

	(void)state;
	host->w.map.ipvs = true;
	WALK(&s, PRE_RAW, PRE_MANGLE, AWAY(PRE_ROUTING), IN_MANGLE, IN_FILTER);
	pass_ms(&host->w, 1000);
	assert_fate(FATE_UNKNOWN, NF_INET_LOCAL_IN, true);
	assert_non_null(strstr(host->fate.cause, "IPVS"));
}

/* What IPVS sends on is the same packet, at OUTPUT and to another address. */
static void test_ipvs_sends_on(void **state)
{
	struct sent s = packet();

	(void)state;
	host->w.map.ipvs = true;
	WALK(&s, PRE_RAW, PRE_MANGLE, AWAY(PRE_ROUTING), IN_MANGLE, IN_FILTER);
	s.dst = "10.9.9.9";
	s.ttl--;
	WALK(&s, OUT_RAW, OUT_MANGLE, OUT_FILTER, AWAY(LOCAL_OUT), POST,
	     AWAY(POST_ROUTING));
	assert_fate(FATE_SENT, NF_INET_POST_ROUTING, false);
	for (unsigned int i = 0; i < host->changes; i++)
		if (host->change[i].field == FIELD_DST) {
			assert_int_equal(host->change[i].maker, MAKER_UNKNOWN);
			return;
		}
	fail_msg("no new destination");
}

/* Without IPVS nothing leads there: this host's own packet, which is another. */
static void test_own_packet(void **state)
{
	struct sent s = packet();

	(void)state;
	WALK(&s, PRE_RAW, PRE_MANGLE, AWAY(PRE_ROUTING), IN_MANGLE, IN_FILTER);
	s.trace_id++;
	WALK(&s, OUT_RAW, OUT_MANGLE, OUT_FILTER, AWAY(LOCAL_OUT), POST,
	     AWAY(POST_ROUTING));
	pass_ms(&host->w, 1000);
	assert_int_equal(host->w.count, 2);
}

static void test_names(void **state)
{
	(void)state;
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		assert_int_equal(witness_hook(witness_chain(h),
					      strlen(witness_chain(h))), h);
	assert_int_equal(witness_hook("left_input", 4), NF_INET_NUMHOOKS);
	assert_int_equal(witness_hook("left_inputs", 11), NF_INET_NUMHOOKS);
}

#define RAW(test) cmocka_unit_test_setup_teardown(test, begin_raw, tear_down)
#define ALL(test) cmocka_unit_test_setup_teardown(test, begin_all, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		RAW(test_true_end), RAW(test_silent_inside), RAW(test_sent),
		RAW(test_source_shows), RAW(test_strangers), RAW(test_renewed),
		RAW(test_twins), RAW(test_caveats), ALL(test_queue_lets_go),
		ALL(test_queue_keeps), ALL(test_drop), ALL(test_run_ends),
		ALL(test_run_ends_for_others), ALL(test_keeper_dies),
		ALL(test_ipvs), ALL(test_ipvs_sends_on), ALL(test_own_packet),
		cmocka_unit_test(test_names),
	};

	(void)begin, (void)end;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
