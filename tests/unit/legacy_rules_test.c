// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_rules_test: when the reader is sure again of which rules of iptables it knows. */
#include "legacy_world.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/capture.h"
#include "place/path_map.h"
#include "place/place.h"
#include "reader/legacy_rules.h"
#include "reader/reader_plan.h"
#include "reader/reader_state.h"
#include "rules/view/ruleset.h"

/* The tables were changed, read, and the fence stands where that was; nobody waits. */
static void begin(struct reader_state *s, struct ruleset *rules)
{
	memset(s, 0, sizeof(*s));
	rules->legacy[0] = read_rules("a b");
	path_map_fill(&s->map, rules->legacy);
	s->index = place_index_open(rules, &s->map);
	assert_non_null(s->index);
	place_index_renew(s->index, 0, read_rules("c d"), true, 0);
	s->tables.straddles = true;
	s->tables.asks = s->tables.answered = 1;
}

static void end(struct reader_state *s, struct ruleset *rules)
{
	place_index_close(s->index);
	munmap((void *)rules->legacy[0], rules->legacy[0]->end);
}

static bool is_sure_of(const struct reader_state *s, unsigned int family)
{
	static const char prefix[] = "TRACE: filter:OUTPUT:rule:1 ";
	const struct place *at = place_find(s->index, families[family]->nfproto,
					    prefix, sizeof(prefix) - 1);

	assert_non_null(at);
	return !at->doubt;
}

static bool is_sure(const struct reader_state *s)
{
	return is_sure_of(s, 0);
}

static void behind_the_fence(void **state)
{
	struct ruleset rules = { .nft = NULL };
	struct reader_state s;

	(void)state;
	begin(&s, &rules);
	assert_false(is_sure(&s));
	legacy_rules_drained(&s);
	assert_true(is_sure(&s));
	end(&s, &rules);
}

/* Somebody came behind that reading: it was asked again, and not answered in time. */
static void but_not_while_a_question_is_open(void **state)
{
	struct ruleset rules = { .nft = NULL };
	struct reader_state s;

	(void)state;
	begin(&s, &rules);
	s.tables.asks = 2;
	place_index_unsure(s.index, true);
	legacy_rules_drained(&s);
	assert_false(is_sure(&s));
	end(&s, &rules);
}

/* The same, and nobody could be asked yet, as the question before was open. */
static void nor_before_it_is_asked(void **state)
{
	struct ruleset rules = { .nft = NULL };
	struct reader_state s;

	(void)state;
	begin(&s, &rules);
	s.tables.opened = true;
	place_index_unsure(s.index, true);
	legacy_rules_drained(&s);
	assert_false(is_sure(&s));
	end(&s, &rules);
}

static void pass(struct reader_state *s, uint32_t fence)
{
	const struct nlmsghdr nlh = { .nlmsg_seq = fence };

	legacy_rules_passed(s, &nlh);
}

/* The second change is read before the first one's fence is: each has its own. */
static void each_change_behind_its_own(void **state)
{
	struct ruleset rules = { .nft = NULL };
	struct reader_state s;

	(void)state;
	memset(&s, 0, sizeof(s));
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		rules.legacy[i] = read_rules("a b");
	path_map_fill(&s.map, rules.legacy);
	s.index = place_index_open(&rules, &s.map);
	assert_non_null(s.index);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		place_index_renew(s.index, i, read_rules("c d"), true, 7 + i);
	s.tables.straddles = true;
	s.tables.last_fence = 8;
	pass(&s, 6);
	assert_false(is_sure_of(&s, 0));
	pass(&s, 7);
	assert_true(is_sure_of(&s, 0));
	assert_false(is_sure_of(&s, 1));
	assert_true(s.tables.straddles);
	pass(&s, 8);
	assert_true(is_sure_of(&s, 1));
	assert_false(s.tables.straddles);
	place_index_close(s.index);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		munmap((void *)rules.legacy[i], rules.legacy[i]->end);
}

/* An answer, and what it says; no rules come with it. */
static void answer(struct reader_state *s, uint32_t ask, bool touched)
{
	static const int none[READER_SNAPSHOTS] = { -1, -1, -1 };
	const struct supervisor_message m = {
		.tables = { .ask = ask, .held = true, .touched = touched },
	};

	legacy_rules_renew(s, &m, none);
}

/* All that waited when it was asked is of the rules that are known, and not asked about again. */
static void known_up_to_the_question(void **state)
{
	struct capture none = { .fd = -1, .stamp_fd = -1 };
	struct ruleset rules = { .nft = NULL };
	struct reader_plan plan = { .capture = &none };
	struct reader_state s;

	(void)state;
	begin(&s, &rules);
	plan.rules = rules;
	s.plan = &plan;
	legacy_rules_drained(&s);

	s.tables.asks = 5;
	s.tables.ask_fence = 20;
	s.tables.ask_passed = false;
	answer(&s, 4, false);
	assert_false(s.tables.settled);
	answer(&s, 5, false);
	assert_true(s.tables.settled);
	s.tables.checked = true;
	pass(&s, 19);
	assert_true(s.tables.settled);
	assert_true(s.tables.checked);
	pass(&s, 20);
	assert_false(s.tables.settled);
	assert_false(s.tables.checked);

	/* Late: what stood before it has been read. */
	answer(&s, 5, false);
	assert_false(s.tables.settled);

	/* Two were at them: others may have been in force in between. */
	s.tables.ask_passed = false;
	answer(&s, 5, true);
	assert_false(s.tables.settled);
	end(&s, &rules);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(behind_the_fence),
		cmocka_unit_test(but_not_while_a_question_is_open),
		cmocka_unit_test(nor_before_it_is_asked),
		cmocka_unit_test(each_change_behind_its_own),
		cmocka_unit_test(known_up_to_the_question),
	};

	return cmocka_run_group_tests_name("legacy_rules", tests, NULL, NULL);
}
