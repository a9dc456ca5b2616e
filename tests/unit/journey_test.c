// SPDX-License-Identifier: GPL-2.0-or-later
/* journey_test: made-up sequences of events, and which journeys become of them. */
#include "journey/journeys_end.h"
#include "journey_world.h"

#include "journey/journey_room.h"
#include "packet/packet_print.h"
#include "rules/base/units.h"

static void go_through(struct world *w, const struct sent *s, enum spot from,
		       enum spot to)
{
	static const enum spot way[] = { PRE_RAW_RULE, PRE_RAW, PRE_MANGLE,
					 FWD_MANGLE, FWD_FILTER, POST };
	size_t i = 0;

	while (way[i] != from)
		i++;
	for (; way[i] != to; i++)
		go(w, s, way[i]);
	go(w, s, to);
}

static const struct ending *ending_of(struct world *w, const char *letters)
{
	for (unsigned int i = 0; i < w->count; i++)
		if (strcmp(w->over[i].letters, letters) == 0)
			return &w->over[i];
	for (unsigned int i = 0; i < w->count; i++)
		print_error("journey: %s\n", w->over[i].letters);
	fail_msg("no journey %s", letters);
	return NULL;
}

static void assert_ending(struct world *w, const char *letters,
			  enum fate_kind fate, bool marked)
{
	const struct ending *e = ending_of(w, letters);

	assert_string_equal(fate_word(e->fate[0]), fate_word(fate));
	assert_int_equal(!!(e->flags & JOURNEY_AMBIGUOUS), marked);
}

static void forget_endings(struct world *w)
{
	memset(w->over, 0, sizeof(w->over));
	w->count = 0;
}

/* Stamps count once the kernel is seen to make them. */
static void prove_stamps(struct world *w)
{
	struct sent s = udp;

	s.letter = 'p';
	go_through(w, &s, PRE_RAW_RULE, FWD_MANGLE);
	for (int i = 0; i < 3; i++)
		go(w, &s, FWD_QUEUE);
	go(w, &s, POST);
	assert_int_equal(w->count, 1);
	forget_endings(w);
}

static void test_forwarded(void **state)
{
	struct world *w = *state;

	go_through(w, &udp, PRE_RAW, POST);
	assert_int_equal(w->count, 1);
	assert_ending(w, "AAAAA", FATE_FORWARDED, false);
}

/* The same bytes behind the headers, on two CPUs, from two flows. */
static void test_flows_side_by_side(void **state)
{
	struct world *w = *state;
	struct sent a = udp, b = udp;

	b.letter = 'B';
	b.sport = 2000;
	for (enum spot s = PRE_RAW; s <= FWD_MANGLE; s++) {
		go(w, &a, s);
		go(w, &b, s);
	}
	go(w, &b, FWD_FILTER);
	go(w, &a, FWD_FILTER);
	go(w, &a, POST);
	go(w, &b, POST);
	assert_ending(w, "AAAAA", FATE_FORWARDED, false);
	assert_ending(w, "BBBBB", FATE_FORWARDED, false);
}

static void test_identical_by_stamp(void **state)
{
	struct world *w = *state;
	struct sent a = udp, b = udp;

	prove_stamps(w);
	b.letter = 'B';
	b.stamp = 2;
	go(w, &a, PRE_RAW_RULE);
	go(w, &b, PRE_RAW_RULE);
	for (enum spot s = PRE_RAW; s <= FWD_MANGLE; s++) {
		go(w, &b, s);
		go(w, &a, s);
	}
	go(w, &a, FWD_FILTER);
	go(w, &a, POST);
	go(w, &b, FWD_FILTER);
	go(w, &b, POST);
	assert_ending(w, "AAAAAA", FATE_FORWARDED, false);
	assert_ending(w, "BBBBBB", FATE_FORWARDED, false);
}

/* Two that stand in front of POSTROUTING at once: both are marked. */
static void test_identical_at_postrouting(void **state)
{
	struct world *w = *state;
	struct sent a = udp, b = udp;

	b.letter = 'B';
	b.stamp = 2;
	go_through(w, &a, PRE_RAW_RULE, FWD_FILTER);
	go_through(w, &b, PRE_RAW_RULE, FWD_FILTER);
	go(w, &a, POST);
	go(w, &b, POST);
	assert_int_equal(w->count, 2);
	for (unsigned int i = 0; i < 2; i++)
		assert_true(w->over[i].flags & JOURNEY_AMBIGUOUS);
}

static unsigned int marked_ones(const struct world *w)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < w->count; i++)
		n += !!(w->over[i].flags & JOURNEY_AMBIGUOUS);
	return n;
}

/* The same rules all the way: whichever event is whose, it is one story twice. */
static void test_twins_with_one_story(void **state)
{
	static const enum spot way[] = { PRE_RAW_RULE, PRE_RAW, PRE_MANGLE,
					 FWD_MANGLE, FWD_FILTER, POST };
	struct world *w = *state;
	const struct ending *e;

	w->alike = true;
	for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
		go(w, &udp, way[i]);
		go(w, &udp, way[i]);
	}
	assert_int_equal(w->count, 2);
	e = ending_of(w, "abcdeg");
	assert_string_equal(w->over[e == w->over].letters, "abcdeg");
	assert_int_equal(marked_ones(w), 0);
}

/* One overtakes the other: which leaves a rule out is not told by that. */
static void test_twin_overtakes(void **state)
{
	struct world *w = *state;

	w->alike = true;
	go(w, &udp, PRE_RAW_RULE);
	go(w, &udp, PRE_RAW_RULE);
	go_through(w, &udp, PRE_RAW, POST);
	go_through(w, &udp, PRE_RAW, POST);
	assert_int_equal(w->count, 2);
	assert_string_equal(w->over[0].letters, "abcdeg");
	assert_string_equal(w->over[1].letters, "abcdeg");
	assert_int_equal(marked_ones(w), 0);
}

/* Alike until one is dropped: one was, and one was not. */
static void test_twins_part(void **state)
{
	struct world *w = *state;

	w->alike = true;
	go_through(w, &udp, PRE_RAW, FWD_MANGLE);
	go_through(w, &udp, PRE_RAW, FWD_MANGLE);
	go(w, &udp, FWD_DROP);
	go(w, &udp, FWD_FILTER);
	go(w, &udp, POST);
	assert_int_equal(w->count, 2);
	assert_ending(w, "bcdf", FATE_DROP, false);
	assert_ending(w, "bcdeg", FATE_FORWARDED, false);
}

/* Different before, different behind: nobody knows which goes with which. */
static void test_twins_that_matter(void **state)
{
	struct world *w = *state;

	prove_stamps(w);
	w->alike = true;
	go_through(w, &udp, PRE_RAW, FWD_MANGLE);
	go_through(w, &udp, PRE_RAW_RULE, FWD_MANGLE);
	go(w, &udp, FWD_DROP);
	assert_int_equal(w->count, 0);
	go(w, &udp, FWD_FILTER);
	go(w, &udp, POST);
	assert_int_equal(w->count, 2);
	assert_int_equal(marked_ones(w), 2);
}

/* The one that is over is told of when the other is. */
static void test_twin_is_lost(void **state)
{
	struct world *w = *state;

	w->alike = true;
	go_through(w, &udp, PRE_RAW, FWD_FILTER);
	go_through(w, &udp, PRE_RAW_RULE, FWD_FILTER);
	go(w, &udp, POST);
	assert_int_equal(w->count, 0);
	pass_ms(w, 300);
	assert_int_equal(w->count, 2);
	assert_int_equal(marked_ones(w), 2);
}

/* However many wait for one that never ends. */
/*
 * Mangle is nft's.  The id of the second is given to the first, who is due; that
 * shows when the second is in filter and the first, by all that is known, is not.
 */
static void test_twins_trade_names(void **state)
{
	struct world *w = *state;
	struct sent a = udp, b = udp;

	w->both = true;
	prove_stamps(w);
	a.stamp = w->now_ns + 1;
	b.letter = 'B';
	b.stamp = w->now_ns + 2;
	a.trace_id = 1;
	b.trace_id = 2;
	go(w, &a, PRE_RAW);
	go(w, &b, PRE_RAW);
	go(w, &b, PRE_MANGLE);
	go(w, &a, PRE_MANGLE);
	go(w, &b, FWD_MANGLE);
	go(w, &b, FWD_RULE);
	go(w, &a, FWD_MANGLE);
	go(w, &a, FWD_RULE);
	go(w, &b, FWD_FILTER);
	go(w, &a, FWD_FILTER);
	go(w, &b, POST);
	go(w, &a, POST);
	assert_int_equal(w->count, 2);
	assert_ending(w, "ABBBBB", FATE_FORWARDED, true);
	assert_ending(w, "BAAAAA", FATE_FORWARDED, true);
}

/*
 * What nobody knows the rules of may have changed ports as well; of two packets on two CPUs
 * the one that has had these ports all the way has made the event all the same.
 */
static void test_unsure_ports(void **state)
{
	struct world *w = *state;
	struct sent a = udp, b = udp;

	w->unsure = true;
	b.letter = 'B';
	b.sport = 1001;
	a.stamp = b.stamp = 0;
	go(w, &a, PRE_RAW);
	go(w, &b, PRE_RAW);
	go(w, &a, PRE_MANGLE);
	go(w, &b, PRE_MANGLE);
	a.ttl = b.ttl = 63;
	go_through(w, &b, FWD_MANGLE, POST);
	go_through(w, &a, FWD_MANGLE, POST);
	assert_int_equal(w->count, 2);
	assert_ending(w, "BBBBB", FATE_FORWARDED, false);
	assert_ending(w, "AAAAA", FATE_FORWARDED, false);
}

static void test_many_twins(void **state)
{
	struct world *w = *state;

	w->alike = true;
	for (int i = 0; i < 3000; i++) {
		go_through(w, &udp, PRE_RAW, FWD_FILTER);
		if (i % 2)
			go(w, &udp, POST);
	}
	journeys_finish(w->journeys);
	assert_int_equal(w->count, 3000);
}

/* A packet that ended in silence long ago is no twin of the next. */
static void test_dead_twin(void **state)
{
	struct world *w = *state;
	struct sent a = udp, b = udp;

	prove_stamps(w);
	go_through(w, &a, PRE_RAW_RULE, FWD_FILTER);
	pass_ms(w, 40);
	b.letter = 'B';
	b.stamp = 2;
	go_through(w, &b, PRE_RAW_RULE, POST);
	assert_int_equal(w->count, 1);
	assert_ending(w, "BBBBBB", FATE_FORWARDED, false);
	pass_ms(w, 300);
	assert_ending(w, "AAAAA", FATE_LOST, false);
}

static void test_identical_lost(void **state)
{
	struct world *w = *state;
	struct sent s = udp;

	prove_stamps(w);
	for (int i = 0; i < 20; i++) {
		s.letter = (uint32_t)('A' + i);
		s.stamp = (uint64_t)i + 100;
		go_through(w, &s, PRE_RAW_RULE, PRE_MANGLE);
		pass_ms(w, 1);
	}
	pass_ms(w, 300);
	assert_int_equal(w->count, 20);
	assert_ending(w, "AAA", FATE_LOST, false);
	assert_ending(w, "TTT", FATE_LOST, false);
}

/* DNAT and a hop; another flow, alike but for its source, stands by. */
static void test_nat(void **state)
{
	struct world *w = *state;
	struct sent a = udp, b = udp;

	b.letter = 'B';
	b.src = "10.0.0.9";
	b.stamp = a.stamp;
	go_through(w, &a, PRE_RAW, PRE_MANGLE);
	go_through(w, &b, PRE_RAW, PRE_MANGLE);
	a.dst = b.dst = "10.9.9.9";
	a.ttl = b.ttl = 63;
	go_through(w, &a, FWD_MANGLE, POST);
	go_through(w, &b, FWD_MANGLE, POST);
	assert_ending(w, "AAAAA", FATE_FORWARDED, false);
	assert_ending(w, "BBBBB", FATE_FORWARDED, false);
}

/* TCP of a local socket shows the time of each call. */
static void test_times_instead_of_stamps(void **state)
{
	struct world *w = *state;
	struct sent a = udp, b = udp;

	prove_stamps(w);
	a.proto = b.proto = IPPROTO_TCP;
	a.stamp = b.stamp = 0;
	b.letter = 'B';
	b.sport = 2000;
	for (enum spot s = PRE_RAW; s <= FWD_FILTER; s++) {
		if (s == FWD_DROP)
			continue;
		go(w, &a, s);
		/* At the very time of the event before: of the other one. */
		b.stamp = w->now_ns;
		go(w, &b, s);
	}
	go(w, &a, POST);
	go(w, &b, POST);
	assert_ending(w, "AAAAA", FATE_FORWARDED, false);
	assert_ending(w, "BBBBB", FATE_FORWARDED, false);
}

static void go_out(struct world *w, const struct sent *s)
{
	go(w, s, OUT_RAW);
	go(w, s, OUT_MANGLE);
	go(w, s, OUT_FILTER);
	go(w, s, POST);
}

static void go_in(struct world *w, const struct sent *s)
{
	go(w, s, PRE_RAW);
	go(w, s, PRE_MANGLE);
	go(w, s, IN_MANGLE);
	go(w, s, IN_FILTER);
}

static void test_loopback(void **state)
{
	struct world *w = *state;
	struct sent a = udp;

	a.in = a.out = LO;
	go_out(w, &a);
	assert_int_equal(w->count, 0);
	go_in(w, &a);
	assert_int_equal(w->count, 1);
	assert_ending(w, "AAAAAAAA", FATE_DELIVERED, false);
}

/* A packet by a VRF: its first hook as its port's and as the VRF's, its last ones the other way. */
static void test_vrf(void **state)
{
	enum { RED = 9 };
	struct world *w = *state;
	struct sent a = udp, c = udp;

	w->map.vrf[0] = RED;
	for (int stamp = 1; stamp >= 0; stamp--) {
		a.stamp = (uint64_t)stamp;
		a.in = ETH0;
		go(w, &a, PRE_RAW);
		go(w, &a, PRE_MANGLE);
		a.in = RED;
		go_in(w, &a);
		assert_ending(w, "AAAAAA", FATE_DELIVERED, false);
		forget_endings(w);
	}
	c.stamp = 0;
	c.out = RED;
	go_out(w, &c);
	c.out = ETH1;
	assert_int_equal(w->count, 0);
	go_out(w, &c);
	assert_int_equal(w->count, 1);
	assert_ending(w, "AAAAAAAA", FATE_SENT, false);
	/* Without a VRF they are two each. */
	w->map.vrf[0] = 0;
	forget_endings(w);
	go(w, &a, PRE_RAW);
	go(w, &a, PRE_MANGLE);
	a.in = ETH1;
	go_in(w, &a);
	assert_ending(w, "AAAA", FATE_DELIVERED, false);
}

/* The backlog is a queue: first in, first out. */
static void test_loopback_backlog(void **state)
{
	struct world *w = *state;
	struct sent s[3];

	for (int i = 0; i < 3; i++) {
		s[i] = udp;
		s[i].letter = (uint32_t)('A' + i);
		s[i].in = s[i].out = LO;
		s[i].stamp = (uint64_t)i + 5;
		go_out(w, &s[i]);
	}
	for (int i = 0; i < 3; i++)
		go_in(w, &s[i]);
	assert_ending(w, "AAAAAAAA", FATE_DELIVERED, true);
	ending_of(w, "BBBBBBBB");
	ending_of(w, "CCCCCCCC");
}

/* Multicast to the world and to ourselves: our copy runs before the original. */
static void test_multicast(void **state)
{
	struct world *w = *state;
	struct sent s = udp;

	s.dst = "239.1.1.1";
	s.in = ETH1;
	for (int i = 0; i < 3; i++) {
		s.letter = (uint32_t)('A' + i);
		s.stamp = (uint64_t)i + 5;
		go_out(w, &s);
		go_in(w, &s);
		go(w, &s, POST);
		pass_ms(w, 1);
	}
	pass_ms(w, 100);
	assert_int_equal(w->count, 3);
	assert_ending(w, "AAAAAAAAA", FATE_DELIVERED, false);
	assert_ending(w, "BBBBBBBBB", FATE_DELIVERED, false);
	assert_ending(w, "CCCCCCCCC", FATE_DELIVERED, false);
	assert_int_equal(w->over[0].branches, 2);
	assert_int_equal(w->over[0].fate[1], FATE_SENT);
}

static void test_queue_in_order(void **state)
{
	struct world *w = *state;
	struct sent a = udp, b = udp;

	prove_stamps(w);
	b.letter = 'B';
	b.stamp = 2;
	go_through(w, &a, PRE_RAW_RULE, FWD_MANGLE);
	go(w, &a, FWD_QUEUE);
	go_through(w, &b, PRE_RAW_RULE, FWD_MANGLE);
	go(w, &b, FWD_QUEUE);
	go(w, &a, POST);
	go(w, &b, POST);
	assert_ending(w, "AAAAAA", FATE_FORWARDED, true);
	ending_of(w, "BBBBBB");
}

/* The answer REPEAT without end: memory is bounded, the beginning is kept. */
static void test_repeat(void **state)
{
	struct world *w = *state;

	go_through(w, &udp, PRE_RAW, FWD_MANGLE);
	for (int i = 0; i < 100000; i++)
		go(w, &udp, FWD_QUEUE);
	journeys_finish(w->journeys);
	assert_int_equal(w->count, 1);
	assert_int_equal(w->over[0].steps, 100003);
	assert_int_equal(w->over[0].kept, JOURNEY_STEPS);
	assert_int_equal(w->over[0].fate[0], FATE_QUEUE);
}

static void flood_ports(struct world *w, const struct sent *s)
{
	struct sent b = *s, c = *s;

	b.phys_out = 12;
	c.phys_out = 13;
	go(w, s, PRE_RAW);
	go(w, s, PRE_MANGLE);
	go(w, &c, FWD_MANGLE);
	go(w, &c, FWD_FILTER);
	go(w, &c, POST);
	go(w, &b, FWD_MANGLE);
	go(w, &b, FWD_DROP);
	go(w, s, IN_MANGLE);
	go(w, s, IN_FILTER);
}

/* A bridge floods: one journey with three branches; the next is another. */
static void test_bridge(void **state)
{
	struct world *w = *state;
	struct sent a = udp, b = udp;

	prove_stamps(w);
	a.in = a.out = b.in = b.out = 9;
	a.phys_in = b.phys_in = 11;
	b.letter = 'B';
	b.stamp = 2;
	flood_ports(w, &a);
	flood_ports(w, &b);
	pass_ms(w, 100);
	assert_int_equal(w->count, 2);
	assert_ending(w, "AAAAAAAAA", FATE_FORWARDED, false);
	assert_ending(w, "BBBBBBBBB", FATE_FORWARDED, false);
	assert_int_equal(w->over[0].branches, 3);
	assert_int_equal(w->over[0].fate[1], FATE_DROP);
	assert_int_equal(w->over[0].fate[2], FATE_DELIVERED);
}

/* TCP, and sent again: what left by a bridge does not come back by it. */
static void test_bridge_twice(void **state)
{
	struct world *w = *state;
	struct sent a = udp;

	a.in = a.out = 9;
	a.phys_in = 11;
	a.proto = IPPROTO_TCP;
	a.stamp = 0;
	go_through(w, &a, PRE_RAW, POST);
	a.letter = 'B';
	go_through(w, &a, PRE_RAW, POST);
	pass_ms(w, 100);
	ending_of(w, "AAAAA");
	ending_of(w, "BBBBB");
}

/* The first copy is dropped, the others come yet. */
static void test_bridge_first_dropped(void **state)
{
	struct world *w = *state;
	struct sent a = udp;

	a.in = a.out = 9;
	a.phys_in = 11;
	go_through(w, &a, PRE_RAW, FWD_MANGLE);
	go(w, &a, FWD_DROP);
	assert_int_equal(w->count, 0);
	go_through(w, &a, FWD_MANGLE, POST);
	pass_ms(w, 100);
	assert_int_equal(w->count, 1);
	assert_ending(w, "AAAAAAA", FATE_DROP, false);
	assert_int_equal(w->over[0].fate[1], FATE_FORWARDED);
}

/* What is under way at a gap has no fate; what begins well behind it has. */
static void test_gap(void **state)
{
	struct world *w = *state;
	struct sent s = udp;

	go_through(w, &s, PRE_RAW, FWD_MANGLE);
	journeys_gap(w->journeys, 3);
	s.letter = 'B';
	s.sport = 2;
	go(w, &s, FWD_FILTER);
	go(w, &s, POST);
	pass_ms(w, 300);
	assert_ending(w, "AAA", FATE_INCOMPLETE, false);
	assert_ending(w, "BB", FATE_INCOMPLETE, false);
	for (int i = 0; i < 4096; i++) {
		s.sport = (uint16_t)(3 + i);
		s.letter = 'c';
		go_through(w, &s, PRE_RAW, POST);
	}
	s.letter = 'D';
	go_through(w, &s, PRE_RAW, POST);
	assert_ending(w, "DDDDD", FATE_FORWARDED, false);
}

/* However many begin and never end. */
static void test_many_open(void **state)
{
	struct world *w = *state;
	struct sent s = udp;

	for (int i = 0; i < 10000; i++) {
		s.sport = (uint16_t)i;
		s.stamp = (uint64_t)i + 1;
		go(w, &s, PRE_RAW);
		assert_true(journeys_open_count(w->journeys) <= 4096);
	}
	assert_true(w->count >= 10000 - 4096);
	w->count = 0;
	journeys_finish(w->journeys);
	assert_int_equal(journeys_open_count(w->journeys), 0);
}

enum { KEPT = 64, LONG = 188 };

/* A SYN with all options that it can have, quoted by an ICMP error that has. */
static void fill_long(uint8_t *b)
{
	static const uint8_t ip[] = { 0x4f, 0, 0, LONG, 0, 1, 0, 0, 64,
				      IPPROTO_ICMP, 0, 0, 10, 0, 0, 1, 10, 0,
				      0, 2, 7, 39, 4 };

	memset(b, 0, LONG);
	memcpy(b, ip, sizeof(ip));
	b[60] = b[61] = 3;
	memcpy(b + 68, ip, sizeof(ip));
	b[68 + 3] = LONG - 68;
	b[68 + 9] = IPPROTO_TCP;
	b[128 + 12] = 0xf0;
	b[128 + 13] = 0x02;
	memset(b + 148, 1, 40);
}

static void check_kept(const struct packet *p, const uint8_t *bytes)
{
	struct packet cut;
	char line[2][1024];

	assert_int_equal(p->caplen, KEPT);
	assert_memory_equal(p->data, bytes, KEPT);
	packet_decode(&cut, NFPROTO_IPV4, bytes, KEPT);
	packet_print(line[0], sizeof(line[0]), p, true);
	packet_print(line[1], sizeof(line[1]), &cut, true);
	assert_string_equal(line[0], line[1]);
}

static bool done_long(void *arg, struct journey *j)
{
	unsigned int *count = arg;
	uint8_t bytes[LONG];

	fill_long(bytes);
	check_kept(&j->first, bytes);
	bytes[8]--;
	check_kept(&j->last, bytes);
	assert_false(j->flags & JOURNEY_AMBIGUOUS);
	++*count;
	return false;
}

static void go_long(struct world *w, struct journeys *js, enum spot spot)
{
	struct event e = {
		.nfproto = NFPROTO_IPV4, .hook = spots[spot].hook, .in = ETH0,
		.payload_len = LONG,
	};
	uint8_t *bytes = malloc(LONG);

	assert_non_null(bytes);
	fill_long(bytes);
	bytes[8] = (uint8_t)(bytes[8] - (e.hook != NF_INET_PRE_ROUTING));
	e.payload = bytes;
	w->now_ns += 1000;
	journeys_add(js, &e, place_at(w, spot, 'A'), w->now_ns, w->now_ns);
	free(bytes);
}

/* Whoever reads what is kept, of packets that are compared as well, finds its end. */
static void test_longer_than_what_is_kept(void **state)
{
	static const struct journey_ops ops = { .done = done_long };
	static const enum spot way[] = { PRE_RAW, PRE_MANGLE, IN_MANGLE,
					 IN_FILTER };
	struct world *w = *state;
	unsigned int count = 0;
	struct journeys *js = journeys_open(&w->map, KEPT, false, false, &ops,
					    &count);

	assert_non_null(js);
	w->alike = true;
	for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
		go_long(w, js, way[i]);
		go_long(w, js, way[i]);
	}
	journeys_finish(js);
	assert_int_equal(count, 2);
	journeys_close(js);
}

/* What the queue that it was handed to may do. */
static bool holds;

static bool is_queued(void *arg, const struct place *at, uint64_t since_ns)
{
	struct world *w = arg;

	assert_int_equal(at->effect, EFFECT_QUEUE);
	assert_true(since_ns < w->now_ns);
	return holds;
}

/* However long user space holds a packet: it is one, and none when it was dropped there. */
static void test_long_in_a_queue(void **state)
{
	static const struct journey_ops ops = { .done = done,
						.is_queued = is_queued };
	static const enum spot way[] = { PRE_RAW, PRE_MANGLE, FWD_MANGLE,
					 FWD_QUEUE };
	struct world *w = *state;
	struct sent s = udp;

	journeys_close(w->journeys);
	w->journeys = journeys_open(&w->map, 128, false, false, &ops, w);
	for (unsigned int packet = 0; packet < 2; packet++) {
		for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++)
			go(w, &s, way[i]);
		holds = true;
		for (unsigned int n = 0; n < 20; n++) {
			w->now_ns += NS_PER_S;
			assert_true(journeys_expire(w->journeys, w->now_ns) > 0);
		}
		assert_int_equal(w->count, packet);
		holds = false;
		if (packet == 0)
			go(w, &s, POST);
		else
			journeys_expire(w->journeys, w->now_ns);
		assert_int_equal(w->count, packet + 1);
	}
	assert_int_equal(w->over[0].fate[0], FATE_FORWARDED);
	assert_string_equal(w->over[0].letters, "AAAAA");
	assert_int_equal(w->over[1].fate[0], FATE_QUEUE);
}

/* What few packets need is there when it is needed, with what was kept before. */
static void test_room(void **state)
{
	struct journey *j = journey_new(64);
	struct fate *f;

	(void)state;
	assert_non_null(j);
	assert_null(j->change);
	for (; j->changes < JOURNEY_CHANGES; j->changes++) {
		assert_true(journey_has_room(j));
		memset(&j->change[j->changes], 0, sizeof(*j->change));
		j->change[j->changes].step = j->changes;
	}
	assert_false(journey_has_room(j));
	for (unsigned int i = 0; i < JOURNEY_CHANGES; i++)
		assert_int_equal(j->change[i].step, i);
	for (j->branches = 1; j->branches < JOURNEY_BRANCHES; j->branches++) {
		f = journey_next_fate(j);
		assert_ptr_equal(f, &j->fate[j->branches]);
		assert_int_equal(f->hook, 0);
		f->hook = j->branches;
	}
	for (unsigned int b = 0; b < JOURNEY_BRANCHES; b++)
		assert_int_equal(j->fate[b].hook, b);
	journey_free(j);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_forwarded),
		CASE(test_longer_than_what_is_kept),
		CASE(test_flows_side_by_side),
		CASE(test_identical_by_stamp),
		CASE(test_identical_at_postrouting),
		CASE(test_twins_with_one_story),
		CASE(test_twin_overtakes),
		CASE(test_twins_part),
		CASE(test_twins_that_matter),
		CASE(test_twin_is_lost),
		CASE(test_twins_trade_names),
		CASE(test_unsure_ports),
		CASE(test_many_twins),
		CASE(test_dead_twin),
		CASE(test_identical_lost),
		CASE(test_nat),
		CASE(test_times_instead_of_stamps),
		CASE(test_loopback),
		CASE(test_loopback_backlog),
		CASE(test_vrf),
		CASE(test_multicast),
		CASE(test_queue_in_order),
		CASE(test_repeat),
		CASE(test_long_in_a_queue),
		CASE(test_bridge),
		CASE(test_bridge_twice),
		CASE(test_bridge_first_dropped),
		CASE(test_gap),
		CASE(test_many_open),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
