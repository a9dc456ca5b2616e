// SPDX-License-Identifier: GPL-2.0-or-later
/* journey_fate_test: what silence means: a row for each verdict, and for each caveat. */
#include "journey/fate.h"
#include "journey/path_fate.h"
#include "journey_steps.h"

/* What the map lacks, a bit each. */
enum {
	OVERFLOW = 1 << 0,	/* more chains than have a number, at FORWARD */
	UNTRACED = 1 << 1,	/* a rule of nft ends tracing */
	UNSEEN = 1 << 2,	/* nft's rules are not in it */
	NAT = 1 << 3,		/* nat at OUTPUT */
	NO_INPUT = 1 << 4,	/* INPUT has no table */
	NO_POST = 1 << 5,	/* nor POSTROUTING */
	SYNPROXY = 1 << 6,	/* nothing: but a rule of SYNPROXY is here */
};

enum { OUT = 7 };

struct row {
	enum spot last;
	enum place_effect effect;
	bool sent;
	unsigned int lacks;
	enum fate_kind kind;
	bool by;		/* the last rule decided */
	const char *cause;	/* what it has to tell; NULL: nothing */
	uint32_t out;
};

static void map_lack(struct path_map *map, unsigned int lacks)
{
	map_fill(map);
	map->hook[0][NF_INET_FORWARD].overflow = lacks & OVERFLOW;
	map->untraced = lacks & UNTRACED;
	map->nft_unseen = lacks & UNSEEN;
	map->synproxy = lacks & SYNPROXY;
	if (lacks & NAT)
		path_map_add(map, 0, NF_INET_LOCAL_OUT, T_DNAT, -100, true);
	if (lacks & NO_INPUT)
		map->hook[0][NF_INET_LOCAL_IN].must = 0;
	if (lacks & NO_POST)
		map->hook[0][NF_INET_POST_ROUTING].must = 0;
}

static void check_row(const struct row *r, unsigned int line)
{
	struct path_map map;
	struct place last;
	struct fate fate;
	struct path p;

	map_lack(&map, r->lacks);
	last = place_at(&map, r->last, r->effect);
	path_put(&p, &map, &last, r->sent);
	p.out = OUT;
	path_fate(&map, &p, &fate);
	if (fate.kind != r->kind)
		fail_msg("row %u: %s, not %s", line, fate_word(fate.kind),
			 fate_word(r->kind));
	assert_ptr_equal(fate.by, r->by ? &last : NULL);
	assert_int_equal(fate.hook, p.hook);
	assert_int_equal(fate.out, r->out);
	if (!r->cause)
		assert_null(fate.cause);
	else if (!fate.cause || !strstr(fate.cause, r->cause))
		fail_msg("row %u: cause is %s", line, fate.cause);
}

static void check_rows(const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_row(&row[i], (unsigned int)i);
}

#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void test_verdicts(void **state)
{
	static const struct row rows[] = {
		{ FWD_FILTER, EFFECT_DROP, false, 0, FATE_DROP, true, NULL, OUT },
		{ FWD_FILTER, EFFECT_REJECT, false, 0, FATE_REJECT, true, NULL, OUT },
		{ FWD_FILTER, EFFECT_QUEUE, false, 0, FATE_QUEUE, true, NULL, OUT },
		{ FWD_FILTER, EFFECT_STEAL, false, 0, FATE_STOLEN, true, NULL, OUT },
		/* nor has what may be anything */
		{ FWD_FILTER, EFFECT_MAYBE, false, 0, FATE_UNKNOWN, false, "the target", OUT },
		/* what keeps no packet has stolen none */
		{ FWD_FILTER, EFFECT_CONTINUE, false, 0, FATE_UNKNOWN, false, "a match", OUT },
		{ FWD_FILTER, EFFECT_JUMP, false, 0, FATE_UNKNOWN, false, "a match", OUT },
		{ FWD_FILTER, EFFECT_GOTO, false, 0, FATE_UNKNOWN, false, "a match", OUT },
		{ FWD_FILTER, EFFECT_RETURN, false, 0, FATE_UNKNOWN, false, "a match", OUT },
		{ FWD_FILTER, EFFECT_UNKNOWN, false, 0, FATE_UNKNOWN, false, NULL, OUT },
		{ IN_FILTER_END, EFFECT_ACCEPT, false, 0, FATE_DELIVERED, false, NULL, OUT },
		{ POST_MANGLE_END, EFFECT_ACCEPT, false, 0, FATE_FORWARDED, false, NULL, OUT },
		{ POST_MANGLE_END, EFFECT_ACCEPT, true, 0, FATE_SENT, false, NULL, OUT },
		/* a table of this hook stayed silent */
		{ PRE_RAW_END, EFFECT_ACCEPT, false, 0, FATE_LOST, false, "of that hook", OUT },
		{ FWD_MANGLE_END, EFFECT_ACCEPT, false, 0, FATE_LOST, false, "of that hook", OUT },
		/* or all hooks that can come next */
		{ FWD_FILTER_END, EFFECT_ACCEPT, false, 0, FATE_LOST, false, NULL, OUT },
		{ OUT_FILTER_END, EFFECT_ACCEPT, true, 0, FATE_LOST, false, NULL, OUT },
		{ PRE_MANGLE_END, EFFECT_ACCEPT, false, 0, FATE_LOST, false, NULL, OUT },
		/* which not all would have told */
		{ FWD_FILTER_END, EFFECT_ACCEPT, false, NO_POST, FATE_FORWARDED, false, NULL, OUT },
		{ OUT_FILTER_END, EFFECT_ACCEPT, true, NO_POST, FATE_SENT, false, NULL, OUT },
		{ PRE_MANGLE_END, EFFECT_ACCEPT, false, NO_INPUT, FATE_UNKNOWN, false, NULL, OUT },
	};

	(void)state;
	CHECK(rows);
}

static void test_caveats(void **state)
{
	static const struct row rows[] = {
		{ FWD_MANGLE_END, EFFECT_ACCEPT, false, OVERFLOW, FATE_UNKNOWN, false, "too many", OUT },
		{ FWD_FILTER, EFFECT_DROP, false, OVERFLOW, FATE_DROP, true, NULL, OUT },
		/* that no function without events took it, only a witness shows */
		{ IN_FILTER_END, EFFECT_ACCEPT, false, SYNPROXY, FATE_DELIVERED, false, "likely: SYNPROXY", OUT },
		{ POST_MANGLE_END, EFFECT_ACCEPT, true, SYNPROXY, FATE_SENT, false, "likely: SYNPROXY", OUT },
		{ FWD_FILTER_END, EFFECT_ACCEPT, false, SYNPROXY | NO_POST, FATE_FORWARDED, false, "likely: SYNPROXY", OUT },
		{ FWD_FILTER, EFFECT_DROP, false, SYNPROXY, FATE_DROP, true, NULL, OUT },
		{ PRE_RAW_END, EFFECT_ACCEPT, false, UNTRACED, FATE_UNKNOWN, false, "ends tracing", OUT },
		{ FWD_FILTER, EFFECT_CONTINUE, false, UNTRACED, FATE_UNKNOWN, false, "ends tracing", OUT },
		{ FWD_FILTER, EFFECT_STEAL, false, UNTRACED, FATE_STOLEN, true, NULL, OUT },
		{ FWD_FILTER, EFFECT_MAYBE, false, UNTRACED, FATE_UNKNOWN, false, "ends tracing", OUT },
		{ FWD_FILTER, EFFECT_DROP, false, UNTRACED, FATE_DROP, true, NULL, OUT },
		{ IN_FILTER_END, EFFECT_ACCEPT, false, UNTRACED, FATE_DELIVERED, false, NULL, OUT },
		{ OUT_FILTER_END, EFFECT_ACCEPT, true, NO_POST | NAT, FATE_SENT, false, NULL, 0 },
		{ POST_MANGLE_END, EFFECT_ACCEPT, true, NAT, FATE_SENT, false, NULL, OUT },
		{ PRE_RAW_END, EFFECT_ACCEPT, false, UNSEEN, FATE_UNKNOWN, false, "not seen", OUT },
		{ FWD_FILTER, EFFECT_CONTINUE, false, UNSEEN, FATE_UNKNOWN, false, "a match", OUT },
		{ FWD_FILTER, EFFECT_STEAL, false, UNSEEN, FATE_STOLEN, true, NULL, OUT },
		{ FWD_FILTER, EFFECT_DROP, false, UNSEEN, FATE_DROP, true, NULL, OUT },
	};

	(void)state;
	CHECK(rows);
}

/* Of several the first explains most. */
static void test_order(void **state)
{
	static const struct row rows[] = {
		{ FWD_MANGLE_END, EFFECT_ACCEPT, false, OVERFLOW | UNTRACED | UNSEEN,
		  FATE_UNKNOWN, false, "too many", OUT },
		{ PRE_RAW_END, EFFECT_ACCEPT, false, UNTRACED | UNSEEN,
		  FATE_UNKNOWN, false, "ends tracing", OUT },
	};

	(void)state;
	CHECK(rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_caveats),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
