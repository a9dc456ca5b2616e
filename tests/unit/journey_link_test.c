// SPDX-License-Identifier: GPL-2.0-or-later
/* journey_link_test: whose events of bridge, netdev and ingress are, with IP's hooks and without. */
#include "journey/journeys_end.h"
#include "journey_world.h"

#include "journey/journeys_link.h"
#include "rules/nft/snapshot.h"

enum { PORT = 4, INGRESS = 100, USER, EGRESS };

/* The letter of an event is a small one, to be told from those at IP's hooks. */
static void link_event(struct world *w, const struct sent *s, uint32_t chain,
		       uint8_t effect)
{
	static char table[] = "n";
	struct place *p = &w->place[w->places++ % PLACES];
	struct event_nft nft = { .id = s->trace_id };
	struct event e = {
		.nfproto = NFPROTO_IPV4, .hook = EVENT_NO_HOOK, .nft = &nft,
		.backend = EVENT_NFT,
	};
	struct bytes b;

	*p = (struct place){
		.prefix = "", .rule = "", .line = "", .target = "",
		.table = table, .chain = "c", .chain_index = chain,
		.nfproto = NFPROTO_IPV4, .family = NFPROTO_NETDEV,
		.hook = chain == USER ? NFT_SNAP_NO_HOOK : (uint8_t)(NFT_SNAP_LINK_HOOK +
			(chain == EGRESS ? NF_NETDEV_EGRESS : NF_NETDEV_INGRESS)),
		.order = T_OTHER, .slot = SLOT_NONE, .effect = effect,
		.id = s->letter - 'A' + 'a', .backend = EVENT_NFT,
	};
	fill_bytes(&b, s);
	if (chain == USER) {
		e.flags = EVENT_NO_HEADERS;
	} else {
		e.payload = (void *)&b;
		e.payload_len = sizeof(b);
		e.in = chain == INGRESS ? PORT : 0;
		e.out = chain == EGRESS ? ETH1 : 0;
	}
	w->now_ns += 1000;
	journeys_link(w->journeys, &e, p, w->now_ns, w->now_ns);
}

static void be_silent(struct world *w)
{
	w->now_ns += UINT64_C(1000000000);
	journeys_link_expire(w->journeys, w->now_ns);
	journeys_expire(w->journeys, w->now_ns);
}

static void forward(struct world *w, const struct sent *s)
{
	static const enum spot way[] = {
		PRE_RAW, PRE_MANGLE, FWD_MANGLE, FWD_FILTER, POST,
	};
	struct sent after = *s;

	for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
		after.ttl = (uint8_t)(s->ttl - (i > 1));
		go(w, &after, way[i]);
	}
}

/* Legacy events have no id; those of nft, here mangle's, have the one of ingress. */
static void test_ahead_and_behind(void **state)
{
	struct world *w = *state;
	struct sent s = udp;

	for (unsigned int both = 0; both < 2; both++) {
		w->both = both;
		w->map.link_behind = true;
		s.trace_id = 7 + both;
		link_event(w, &s, INGRESS, EFFECT_JUMP);
		link_event(w, &s, USER, EFFECT_CONTINUE);
		forward(w, &s);
		assert_int_equal(w->count, both);
		link_event(w, &s, EGRESS, EFFECT_ACCEPT);
		be_silent(w);
		assert_int_equal(w->count, both + 1);
		assert_string_equal(w->over[both].letters, "aaAAAAAa");
		assert_int_equal(w->over[both].fate[0], FATE_FORWARDED);
	}
}

static void test_dropped_behind(void **state)
{
	struct world *w = *state;
	struct sent s = udp;

	w->both = w->map.link_behind = true;
	s.trace_id = 7;
	forward(w, &s);
	link_event(w, &s, EGRESS, EFFECT_DROP);
	assert_int_equal(w->count, 1);
	assert_string_equal(w->over[0].letters, "AAAAAa");
	assert_int_equal(w->over[0].fate[0], FATE_DROP);
}

static void test_without_hooks_of_ip(void **state)
{
	struct world *w = *state;
	struct sent s = udp;

	s.trace_id = 7;
	link_event(w, &s, INGRESS, EFFECT_ACCEPT);
	assert_int_equal(w->count, 0);
	be_silent(w);
	assert_int_equal(w->count, 1);
	assert_string_equal(w->over[0].letters, "a");
	assert_int_equal(w->over[0].fate[0], FATE_UNKNOWN);
	link_event(w, &s, INGRESS, EFFECT_DROP);
	assert_int_equal(w->count, 2);
	assert_int_equal(w->over[1].fate[0], FATE_DROP);
}

/* A buffer that is free lends its id to the next packet. */
static void test_another_in_its_buffer(void **state)
{
	struct world *w = *state;
	struct sent a = udp, b = udp;

	w->both = w->map.link_behind = true;
	a.trace_id = b.trace_id = 7;
	b.letter = 'B';
	b.proto = IPPROTO_ICMP;
	link_event(w, &a, INGRESS, EFFECT_ACCEPT);
	forward(w, &b);
	link_event(w, &a, EGRESS, EFFECT_ACCEPT);
	link_event(w, &a, INGRESS, EFFECT_ACCEPT);
	be_silent(w);
	assert_int_equal(w->count, 3);
	assert_string_equal(w->over[0].letters, "aa");
	assert_string_equal(w->over[1].letters, "a");
	assert_string_equal(w->over[2].letters, "BBBBB");
}

/* Of two that are alike, and have no id at IP's hooks, nobody knows which comes. */
static void test_alike(void **state)
{
	struct world *w = *state;
	struct sent a = udp, b = udp;

	a.trace_id = 7;
	b.trace_id = 8;
	link_event(w, &a, INGRESS, EFFECT_ACCEPT);
	link_event(w, &b, INGRESS, EFFECT_ACCEPT);
	forward(w, &a);
	be_silent(w);
	assert_true(w->over[0].flags & JOURNEY_AMBIGUOUS ||
		    w->over[1].flags & JOURNEY_AMBIGUOUS);
}

/* An arp frame in the buffer of a packet: nothing of it is the packet's. */
static void test_frame(void **state)
{
	struct world *w = *state;
	struct event_nft nft = { .id = 7 };
	struct event e = { .nfproto = NFPROTO_BRIDGE, .nft = &nft };
	struct sent s = udp;

	w->both = w->map.link_behind = true;
	s.trace_id = 7;
	forward(w, &s);
	assert_int_equal(journeys_link_protocol(w->journeys, &e), NFPROTO_UNSPEC);
	e.flags = EVENT_NO_HEADERS;
	assert_int_equal(journeys_link_protocol(w->journeys, &e), NFPROTO_UNSPEC);
	nft.id = 8;
	assert_int_equal(journeys_link_protocol(w->journeys, &e), NFPROTO_UNSPEC);
	nft.id = 7;
	e.nfproto = NFPROTO_IPV4;
	e.flags = 0;
	assert_int_equal(journeys_link_protocol(w->journeys, &e), NFPROTO_IPV4);
	e.nfproto = NFPROTO_BRIDGE;
	e.flags = EVENT_NO_HEADERS;
	assert_int_equal(journeys_link_protocol(w->journeys, &e), NFPROTO_IPV4);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_ahead_and_behind),
		CASE(test_dropped_behind),
		CASE(test_without_hooks_of_ip),
		CASE(test_another_in_its_buffer),
		CASE(test_alike),
		CASE(test_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
