// SPDX-License-Identifier: GPL-2.0-or-later
/* place_test: places of nft, written to a file by their prefix and read back. */
#include "nft_world.h"

#include "place/nft_names.h"
#include "place/path_map.h"
#include "place/place.h"
#include "place/place_nft.h"
#include "place/place_restored.h"
#include "rules/base/family.h"
#include "rules/base/units.h"
#include "rules/view/ruleset.h"

static const struct ruleset none;

static const struct place *restore(struct place_index *idx, uint8_t nfproto,
				   const char *prefix, const char *rule)
{
	const struct place_known known = {
		.prefix = prefix, .prefix_len = strlen(prefix),
		.rule = rule, .rule_len = strlen(rule), .nfproto = nfproto,
	};

	return place_restore(idx, &known);
}

/* With what a recording has besides. */
static const struct place *restore_live(struct place_index *idx,
					const struct place *live)
{
	const struct place_known known = {
		.prefix = live->prefix, .prefix_len = live->prefix_len,
		.rule = live->rule, .rule_len = live->rule_len,
		.nfproto = live->nfproto,
		.handle = live->counted ? live->handle : 0,
		.position = live->counted ? 0 : live->position,
	};
	const struct place *at = place_restore(idx, &known);

	/* And the same is the same place. */
	assert_ptr_equal(at, place_restore(idx, &known));
	return at;
}

/* As it was found, and as a file tells of it. */
static void assert_same(const struct place *live, const struct place *back)
{
	assert_non_null(back);
	assert_int_equal(back->backend, live->backend);
	assert_int_equal(back->nfproto, live->nfproto);
	assert_int_equal(back->family, live->family);
	assert_int_equal(back->kind, live->kind);
	assert_int_equal(back->handle, live->handle);
	assert_int_equal(back->position, live->position);
	assert_int_equal(back->counted, live->counted);
	assert_string_equal(back->table, live->table);
	assert_string_equal(back->chain, live->chain);
	assert_int_equal(back->chain_len, live->chain_len);
	assert_string_equal(back->prefix, live->prefix);
	assert_string_equal(back->rule, live->rule);
	assert_int_equal(back->line_len, live->line_len);
	assert_memory_equal(back->line, live->line, live->line_len);
}

static void there_and_back(void **state)
{
	static const char *const events[] = {
		"t c 7", "t c", "t d 9", "u c:d 7", "u c:d", "t c 12",
	};
	static const char *const prefixes[] = {
		"TRACE: nft ip t:c:rule:handle 7", "TRACE: nft ip t:c:policy",
		"TRACE: nft ip t:d:rule:handle 9",
		"TRACE: nft ip u:c:d:rule:handle 7",
		"TRACE: nft ip u:c:d:policy", "TRACE: nft ip t:c:rule:2",
	};
	const struct nft_snapshot *rules = world_read(
		"t c policy accept; t c 7 a; t c 12 -A; t d 9 b; u c:d policy accept;"
		"u c:d 7 d", 40, 0);
	struct place_index *idx, *file = place_index_open(&none, NULL);
	struct path_map map = { 0 };
	struct place_nft *nft;

	(void)state;
	idx = place_index_open(&none, &map);
	nft = place_nft_open(idx, &map, rules, rules->generation);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		struct world_names names;
		const struct place *at;
		struct event_nft n;
		struct event e;

		world_names(&names, events[i]);
		world_event(&e, &n, &names);
		at = place_nft_find(nft, &e);
		assert_non_null(at);
		assert_int_equal(at->state, PLACE_KNOWN);
		assert_string_equal(at->prefix, prefixes[i]);
		assert_same(at, restore_live(file, at));
	}
	place_nft_close(nft);
	place_index_close(idx);
	place_index_close(file);
	nft_snapshot_unmap(rules);
}

/* Path and associate compare a place's table by its address. */
static void tables_have_one_address(void **state)
{
	struct place_index *idx = place_index_open(&none, NULL);
	const struct place *rule, *other, *policy, *next, *inet, *raw, *end;

	(void)state;
	rule = restore(idx, NFPROTO_IPV4, "TRACE: nft ip t:c:rule:7", "a");
	other = restore(idx, NFPROTO_IPV4, "TRACE: nft ip t:d:rule:8", "b");
	policy = restore(idx, NFPROTO_IPV4, "TRACE: nft ip t:c:policy", "");
	next = restore(idx, NFPROTO_IPV4, "TRACE: nft ip u:c:rule:7", "a");
	inet = restore(idx, NFPROTO_IPV4, "TRACE: nft inet t:c:rule:7", "a");
	raw = restore(idx, NFPROTO_IPV4, "TRACE: raw:OUTPUT:rule:1", "c");
	end = restore(idx, NFPROTO_IPV4, "TRACE: raw:OUTPUT:policy:2", "");
	assert_ptr_equal(rule->table, other->table);
	assert_ptr_equal(rule->table, policy->table);
	assert_ptr_not_equal(rule->table, next->table);
	assert_ptr_not_equal(rule->table, inet->table);
	assert_ptr_equal(raw->table, end->table);
	/* And the same text is the same place. */
	assert_ptr_equal(rule, restore(idx, NFPROTO_IPV4,
				       "TRACE: nft ip t:c:rule:7", "a"));
	assert_ptr_not_equal(rule, restore(idx, NFPROTO_IPV4,
					   "TRACE: nft ip t:c:rule:7", "b"));
	place_index_close(idx);
}

static const struct {
	const char *prefix;
	uint8_t nfproto, kind;
	uint64_t handle;
	const char *table, *chain;
} accepted[] = {
	{ "TRACE: nft ip t:c:rule:7", NFPROTO_IPV4, PLACE_RULE, 7, "t", "c" },
	{ "TRACE: nft ip6 t:c:rule:7", NFPROTO_IPV6, PLACE_RULE, 7, "t", "c" },
	{ "TRACE: nft inet t:c:rule:7", NFPROTO_IPV6, PLACE_RULE, 7, "t", "c" },
	{ "TRACE: nft bridge t:c:rule:7", NFPROTO_IPV4, PLACE_RULE, 7, "t",
	  "c" },
	{ "TRACE: nft netdev t:c:rule:7", NFPROTO_IPV6, PLACE_RULE, 7, "t",
	  "c" },
	{ "TRACE: nft ip t:c:rule:18446744073709551615", NFPROTO_IPV4,
	  PLACE_RULE, UINT64_MAX, "t", "c" },
	{ "TRACE: nft ip t:c:return:7", NFPROTO_IPV4, PLACE_RETURN, 7, "t",
	  "c" },
	{ "TRACE: nft ip t:c:return", NFPROTO_IPV4, PLACE_RETURN, 0, "t", "c" },
	{ "TRACE: nft ip t:c:policy", NFPROTO_IPV4, PLACE_POLICY, 0, "t", "c" },
	{ "TRACE: nft ip t:policy:policy", NFPROTO_IPV4, PLACE_POLICY, 0, "t",
	  "policy" },
	{ "TRACE: nft ip t:rule:rule:7", NFPROTO_IPV4, PLACE_RULE, 7, "t",
	  "rule" },
	{ "TRACE: nft ip t:c:rule:handle 7", NFPROTO_IPV4, PLACE_RULE, 7, "t",
	  "c" },
	{ "TRACE: nft ip t:c d:return:handle 7", NFPROTO_IPV4, PLACE_RETURN, 7,
	  "t", "c d" },
};

static void prefixes_of_places(void **state)
{
	struct place_index *idx = place_index_open(&none, NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		const struct place *at = restore(idx, accepted[i].nfproto,
						 accepted[i].prefix, "a");

		if (!at)
			fail_msg("%s", accepted[i].prefix);
		assert_int_equal(at->kind, accepted[i].kind);
		assert_true(at->handle == accepted[i].handle);
		assert_string_equal(at->table, accepted[i].table);
		assert_string_equal(at->chain, accepted[i].chain);
		assert_int_equal(at->effect, EFFECT_UNKNOWN);
	}
	place_index_close(idx);
}

static const struct {
	const char *prefix;
	uint8_t nfproto;
} refused[] = {
	{ "TRACE: nft ", NFPROTO_IPV4 },
	{ "TRACE: nft ip", NFPROTO_IPV4 },
	{ "TRACE: nft ip t", NFPROTO_IPV4 },
	{ "TRACE: nft ip t:rule:7", NFPROTO_IPV4 },
	{ "TRACE: nft ip :c:rule:7", NFPROTO_IPV4 },
	{ "TRACE: nft ip t::rule:7", NFPROTO_IPV4 },
	{ "TRACE: nft ip t:c:rule:", NFPROTO_IPV4 },
	{ "TRACE: nft ip t:c:rule:0", NFPROTO_IPV4 },
	{ "TRACE: nft ip t:c:rule:07", NFPROTO_IPV4 },
	{ "TRACE: nft ip t:c:rule:-7", NFPROTO_IPV4 },
	{ "TRACE: nft ip t:c:rule:handle 0", NFPROTO_IPV4 },
	{ "TRACE: nft ip t:c:rule:handle  7", NFPROTO_IPV4 },
	{ "TRACE: nft ip t:c:rule:handle ", NFPROTO_IPV4 },
	{ "TRACE: nft ip t:c:rule:number 7", NFPROTO_IPV4 },
	{ "TRACE: nft ip t:c:rule:7x", NFPROTO_IPV4 },
	{ "TRACE: nft ip t:c:rule:18446744073709551616", NFPROTO_IPV4 },
	{ "TRACE: nft ip t:c:jump:7", NFPROTO_IPV4 },
	{ "TRACE: nft ip6 t:c:rule:7", NFPROTO_IPV4 },
	{ "TRACE: nft ip t:c:rule:7", NFPROTO_IPV6 },
	{ "TRACE: nft arp t:c:rule:7", NFPROTO_IPV4 },
	{ "TRACE: nft i t:c:rule:7", NFPROTO_IPV4 },
};

static void prefixes_of_none(void **state)
{
	struct place_index *idx = place_index_open(&none, NULL);
	struct place_known known = {
		.prefix = "TRACE: nft ip t:c:rule:7", .prefix_len = 24,
		.rule = "a", .rule_len = 1, .nfproto = NFPROTO_IPV4,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (restore(idx, refused[i].nfproto, refused[i].prefix, "a"))
			fail_msg("%s", refused[i].prefix);
	/* None of nft's has the run's rules in front of it. */
	known.own_before = 1;
	assert_null(place_restore(idx, &known));
	known.own_before = 0;
	assert_non_null(place_restore(idx, &known));
	known.prefix = "TRACE: nft ip t:\0:rule:7";
	assert_null(place_restore(idx, &known));
	place_index_close(idx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(tables_have_one_address),
		cmocka_unit_test(prefixes_of_places),
		cmocka_unit_test(prefixes_of_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
