// SPDX-License-Identifier: GPL-2.0-or-later
/* journey_path_test: where a packet is, and whether an event can be its next one. */
#include "capture/event_nft.h"
#include "journey/path_next.h"
#include "journey_steps.h"
#include "place/text_doubt.h"

/* A row: the last event and what its rule did, the next one, and the answer. */
struct row {
	enum spot last;
	enum place_effect effect;
	enum spot next;
	enum path_answer answer;
};

static const char *const words[] = { "NO", "RELAXED", "STRICT" };

static void check_row(const struct path_map *map, const struct row *r,
		      bool sent, unsigned int line)
{
	struct place last = place_at(map, r->last, r->effect);
	struct place next = place_at(map, r->next, EFFECT_CONTINUE);
	enum path_answer answer, doubted = r->answer;
	struct observation o;
	struct event e;
	struct path p;

	path_put(&p, map, &last, sent);
	o = observe(map, &e, &next, p.hook);
	answer = path_may_follow(map, &p, &o);
	if (answer != r->answer)
		fail_msg("row %u: %s, not %s", line, words[answer],
			 words[r->answer]);
	/* In rules that changed any rule can be the next, but in no other order. */
	if (r->answer == PATH_RELAXED)
		doubted = PATH_STRICT;
	next.doubt = TEXT_DOUBT_CHANGED;
	assert_int_equal(path_may_follow(map, &p, &o), doubted);
	next.doubt = 0;
	next.nfproto = NFPROTO_IPV6;
	assert_int_equal(path_may_follow(map, &p, &o), PATH_NO);
}

static void check_rows(const struct path_map *map, const struct row *row,
		       size_t n, bool sent)
{
	for (size_t i = 0; i < n; i++)
		check_row(map, &row[i], sent, (unsigned int)i);
}

#define CHECK(map, rows, sent) \
	check_rows(map, rows, sizeof(rows) / sizeof((rows)[0]), sent)

/* Each state, and each place that can come next. */
static void test_states(void **state)
{
	static const struct row rows[] = {
		/* PATH_IN_CHAIN: a later rule of the chain */
		{ PRE_MANGLE, EFFECT_CONTINUE, PRE_MANGLE_2, PATH_STRICT },
		{ PRE_MANGLE, EFFECT_CONTINUE, PRE_MANGLE_END, PATH_STRICT },
		{ PRE_MANGLE, EFFECT_CONTINUE, PRE_MANGLE, PATH_NO },
		{ PRE_MANGLE_2, EFFECT_CONTINUE, PRE_MANGLE, PATH_NO },
		{ PRE_MANGLE, EFFECT_CONTINUE, USER, PATH_RELAXED },
		{ PRE_MANGLE, EFFECT_CONTINUE, FWD_MANGLE_END, PATH_RELAXED },
		{ PRE_MANGLE, EFFECT_CONTINUE, PRE_RAW, PATH_NO },
		/* the chain that was called, and the rule behind its caller */
		{ PRE_MANGLE, EFFECT_JUMP, USER, PATH_STRICT },
		{ PRE_MANGLE, EFFECT_GOTO, USER_2, PATH_STRICT },
		{ PRE_MANGLE, EFFECT_JUMP, PRE_MANGLE_2, PATH_RELAXED },
		{ USER, EFFECT_RETURN, PRE_MANGLE_2, PATH_STRICT },
		/* PATH_POLICY: the chain's end */
		{ PRE_MANGLE, EFFECT_RETURN, PRE_MANGLE_END, PATH_STRICT },
		{ PRE_MANGLE, EFFECT_RETURN, PRE_MANGLE_2, PATH_RELAXED },
		{ PRE_MANGLE, EFFECT_RETURN, IN_MANGLE_END, PATH_RELAXED },
		{ PRE_MANGLE, EFFECT_RETURN, PRE_RAW, PATH_NO },
		/* PATH_TABLE_DONE: the next table of the hook */
		{ PRE_RAW_END, EFFECT_ACCEPT, PRE_MANGLE, PATH_STRICT },
		{ PRE_RAW_END, EFFECT_ACCEPT, FWD_MANGLE_END, PATH_RELAXED },
		{ PRE_RAW_END, EFFECT_ACCEPT, PRE_RAW, PATH_NO },
		{ PRE_RAW_END, EFFECT_ACCEPT, USER, PATH_RELAXED },
		/* and the next hook */
		{ PRE_MANGLE_END, EFFECT_ACCEPT, FWD_MANGLE_END, PATH_STRICT },
		{ PRE_MANGLE_END, EFFECT_ACCEPT, IN_MANGLE_END, PATH_STRICT },
		{ PRE_MANGLE_END, EFFECT_ACCEPT, FWD_FILTER, PATH_RELAXED },
		{ PRE_MANGLE_END, EFFECT_ACCEPT, POST_MANGLE, PATH_RELAXED },
		{ PRE_MANGLE_END, EFFECT_ACCEPT, OUT_RAW, PATH_NO },
		{ PRE_MANGLE_END, EFFECT_ACCEPT, PRE_RAW, PATH_NO },
		{ FWD_FILTER_END, EFFECT_ACCEPT, POST_MANGLE, PATH_STRICT },
		{ FWD_FILTER_END, EFFECT_ACCEPT, IN_FILTER_END, PATH_NO },
		{ FWD_MANGLE_END, EFFECT_ACCEPT, POST_MANGLE, PATH_RELAXED },
		{ IN_FILTER_END, EFFECT_ACCEPT, POST_MANGLE, PATH_RELAXED },
		{ FWD_FILTER_END, EFFECT_ACCEPT, USER, PATH_RELAXED },
		{ OUT_RAW_END, EFFECT_ACCEPT, OUT_FILTER_END, PATH_RELAXED },
		/* PATH_QUEUED: on, or this table once more */
		{ FWD_FILTER, EFFECT_QUEUE, POST_MANGLE, PATH_STRICT },
		{ FWD_FILTER, EFFECT_QUEUE, FWD_FILTER, PATH_STRICT },
		{ FWD_FILTER, EFFECT_QUEUE, FWD_FILTER_END, PATH_STRICT },
		{ FWD_FILTER, EFFECT_QUEUE, FWD_MANGLE_END, PATH_NO },
		{ PRE_MANGLE, EFFECT_QUEUE, POST_MANGLE, PATH_RELAXED },
		/* PATH_MAYBE: either */
		{ PRE_MANGLE, EFFECT_MAYBE, PRE_MANGLE_2, PATH_STRICT },
		{ PRE_MANGLE, EFFECT_STEAL, FWD_MANGLE_END, PATH_STRICT },
		{ PRE_MANGLE_2, EFFECT_UNKNOWN, PRE_MANGLE, PATH_STRICT },
		{ PRE_MANGLE, EFFECT_MAYBE, FWD_FILTER, PATH_RELAXED },
		{ PRE_MANGLE, EFFECT_MAYBE, PRE_RAW, PATH_NO },
		/* PATH_ENDED: nothing, however many events are missing */
		{ FWD_FILTER, EFFECT_DROP, FWD_FILTER_END, PATH_NO },
		{ FWD_FILTER, EFFECT_DROP, POST_MANGLE, PATH_NO },
		{ PRE_RAW, EFFECT_REJECT, PRE_MANGLE, PATH_NO },
	};
	struct path_map map;

	(void)state;
	map_fill(&map);
	CHECK(&map, rows, false);
}

/* What the kernel calls a policy ends the table, whatever it is: another packet's is no later rule. */
static void test_policy_unknown(void **state)
{
	struct place last, next;
	struct observation o;
	struct path_map map;
	struct event e;
	struct path p;

	(void)state;
	map_fill(&map);
	last = place_at(&map, PRE_RAW_END, EFFECT_UNKNOWN);
	last.doubt = TEXT_DOUBT_CHANGED;
	last.kind = PLACE_POLICY;
	path_put(&p, &map, &last, false);
	o = observe(&map, &e, &last, p.hook);
	assert_int_equal(path_may_follow(&map, &p, &o), PATH_NO);
	next = place_at(&map, PRE_MANGLE, EFFECT_CONTINUE);
	o = observe(&map, &e, &next, p.hook);
	assert_int_equal(path_may_follow(&map, &p, &o), PATH_STRICT);
}

/*
 * A base chain of nft that runs before filter, seen with headers behind a rule of filter that
 * others were just changing: the packet ended there, and its buffer is another's.
 */
static void test_nft_behind(void **state)
{
	struct event_nft nft = { .id = 7 };
	struct place last, next;
	struct observation o;
	struct path_map map;
	struct event e;
	struct path p;

	(void)state;
	map_fill(&map);
	last = place_at(&map, FWD_FILTER, EFFECT_MAYBE);
	last.doubt = TEXT_DOUBT_CHANGED;
	path_put(&p, &map, &last, false);
	next = place_at(&map, FWD_MANGLE_END, EFFECT_CONTINUE);
	next.backend = EVENT_NFT;
	next.order = T_OTHER;
	o = observe(&map, &e, &next, p.hook);
	e.nft = &nft;
	assert_int_equal(path_may_follow(&map, &p, &o), PATH_NO);
	/* Without headers it is a later rule, of a chain that was called. */
	o.headers = HEADERS_NONE;
	assert_int_equal(path_may_follow(&map, &p, &o), PATH_STRICT);
	next = place_at(&map, POST_MANGLE, EFFECT_CONTINUE);
	o = observe(&map, &e, &next, p.hook);
	e.nft = &nft;
	assert_int_equal(path_may_follow(&map, &p, &o), PATH_STRICT);
}

/* From a chain that a goto of a builtin chain led to a packet returns to that one's end. */
static void test_goto(void **state)
{
	static const struct row rows[] = {
		{ USER, EFFECT_RETURN, PRE_MANGLE_END, PATH_STRICT },
		{ USER, EFFECT_RETURN, PRE_MANGLE_2, PATH_RELAXED },
		{ USER, EFFECT_RETURN, FWD_MANGLE_END, PATH_RELAXED },
		{ USER, EFFECT_RETURN, PRE_RAW_END, PATH_NO },
	};
	struct path_map map;

	(void)state;
	map_fill(&map);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct place from = place_at(&map, PRE_MANGLE, EFFECT_GOTO);
		struct place last = place_at(&map, USER, rows[i].effect);
		struct place next = place_at(&map, rows[i].next,
					     EFFECT_CONTINUE);
		struct observation o;
		struct event e;
		struct path p;

		path_put(&p, &map, &from, false);
		o = observe(&map, &e, &last, p.hook);
		path_advance(&p, &o);
		o = observe(&map, &e, &next, p.hook);
		assert_int_equal(path_may_follow(&map, &p, &o), rows[i].answer);
	}
}

/* What this host sent, and comes in again. */
static void test_loopback(void **state)
{
	static const struct row rows[] = {
		{ POST_MANGLE_END, EFFECT_ACCEPT, PRE_RAW, PATH_STRICT },
		{ POST_MANGLE, EFFECT_QUEUE, PRE_RAW, PATH_STRICT },
		/* not behind the tables that see every packet */
		{ POST_MANGLE_END, EFFECT_ACCEPT, PRE_MANGLE, PATH_NO },
		{ POST_MANGLE_END, EFFECT_ACCEPT, IN_MANGLE_END, PATH_NO },
		/* not before it is through */
		{ POST_MANGLE, EFFECT_CONTINUE, PRE_RAW, PATH_NO },
		{ POST_MANGLE, EFFECT_DROP, PRE_RAW, PATH_NO },
		{ OUT_FILTER_END, EFFECT_ACCEPT, PRE_RAW, PATH_NO },
		/* and out first */
		{ OUT_RAW_END, EFFECT_ACCEPT, OUT_MANGLE_END, PATH_STRICT },
		{ OUT_FILTER_END, EFFECT_ACCEPT, POST_MANGLE, PATH_STRICT },
		{ OUT_MANGLE_END, EFFECT_ACCEPT, POST_MANGLE, PATH_RELAXED },
	};
	static const struct row later[] = {
		{ POST_MANGLE_END, EFFECT_ACCEPT, PRE_RAW, PATH_RELAXED },
	};
	struct path_map map;

	(void)state;
	map_fill(&map);
	CHECK(&map, rows, true);
	/* A table behind mangle that must see the packet before it is out */
	path_map_add(&map, 0, NF_INET_POST_ROUTING, T_SECURITY, 1000, false);
	CHECK(&map, later, true);
}

/* Without a table at POSTROUTING and PREROUTING others are first and last. */
static void test_few_tables(void **state)
{
	static const struct row rows[] = {
		{ OUT_FILTER_END, EFFECT_ACCEPT, IN_FILTER_END, PATH_STRICT },
	};
	struct path_map map;

	(void)state;
	memset(&map, 0, sizeof(map));
	path_map_add(&map, 0, NF_INET_LOCAL_OUT, T_FILTER, 0, false);
	path_map_add(&map, 0, NF_INET_LOCAL_IN, T_FILTER, 0, false);
	CHECK(&map, rows, true);
}

/* What IPVS takes behind filter it sends on from OUTPUT; so at INPUT nothing is over. */
static void test_ipvs(void **state)
{
	static const struct row without[] = {
		{ IN_FILTER_END, EFFECT_ACCEPT, OUT_RAW, PATH_NO },
	};
	static const struct row with[] = {
		{ IN_FILTER_END, EFFECT_ACCEPT, OUT_RAW, PATH_STRICT },
		{ IN_FILTER_END, EFFECT_ACCEPT, OUT_MANGLE_END, PATH_RELAXED },
		{ FWD_FILTER_END, EFFECT_ACCEPT, OUT_RAW, PATH_NO },
		{ PRE_MANGLE_END, EFFECT_ACCEPT, OUT_RAW, PATH_NO },
	};
	struct path_map map;
	struct place last;
	struct path p;

	(void)state;
	map_fill(&map);
	last = place_at(&map, IN_FILTER_END, EFFECT_ACCEPT);
	path_put(&p, &map, &last, false);
	CHECK(&map, without, false);
	assert_true(path_is_over(&map, &p, false));
	map.ipvs = true;
	CHECK(&map, with, false);
	assert_false(path_is_over(&map, &p, false));
}

/* More chains than have a number: their order is not known, so any is possible. */
static void test_overflow(void **state)
{
	static const struct row rows[] = {
		{ PRE_MANGLE_END, EFFECT_ACCEPT, FWD_FILTER, PATH_STRICT },
		{ FWD_FILTER_END, EFFECT_ACCEPT, FWD_MANGLE_END, PATH_STRICT },
		{ FWD_MANGLE_END, EFFECT_ACCEPT, POST_MANGLE, PATH_STRICT },
		{ FWD_FILTER, EFFECT_DROP, POST_MANGLE, PATH_NO },
	};
	struct path_map map;

	(void)state;
	map_fill(&map);
	map.hook[0][NF_INET_FORWARD].overflow = true;
	CHECK(&map, rows, false);
}

/* A log without rules: the usual order of tables is all that is known. */
static void test_no_rules(void **state)
{
	static const struct row rows[] = {
		{ PRE_RAW_END, EFFECT_ACCEPT, PRE_MANGLE, PATH_STRICT },
		{ PRE_MANGLE_END, EFFECT_ACCEPT, PRE_RAW, PATH_NO },
		{ PRE_RAW_END, EFFECT_ACCEPT, FWD_FILTER, PATH_STRICT },
		{ PRE_RAW_END, EFFECT_ACCEPT, POST_MANGLE, PATH_STRICT },
	};
	static const struct row back[] = {
		{ POST_MANGLE_END, EFFECT_ACCEPT, PRE_RAW, PATH_STRICT },
		{ POST_MANGLE_END, EFFECT_ACCEPT, PRE_MANGLE, PATH_NO },
	};
	struct path_map map;

	(void)state;
	memset(&map, 0, sizeof(map));
	CHECK(&map, rows, false);
	CHECK(&map, back, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_policy_unknown),
		cmocka_unit_test(test_nft_behind),
		cmocka_unit_test(test_goto),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_few_tables),
		cmocka_unit_test(test_ipvs),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_no_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
