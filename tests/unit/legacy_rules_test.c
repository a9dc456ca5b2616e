// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_rules_test: when the reader is sure again of which rules of iptables it knows. */
#include "legacy_world.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "place/path_map.h"
#include "place/place.h"
#include "reader/legacy_rules.h"
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
	place_index_renew(s->index, 0, read_rules("c d"), true);
	s->tables.straddles = true;
	s->tables.asks = s->tables.answered = 1;
}

static void end(struct reader_state *s, struct ruleset *rules)
{
	place_index_close(s->index);
	munmap((void *)rules->legacy[0], rules->legacy[0]->end);
}

static bool is_sure(const struct reader_state *s)
{
	static const char prefix[] = "TRACE: filter:OUTPUT:rule:1 ";
	const struct place *at = place_find(s->index, NFPROTO_IPV4, prefix,
					    sizeof(prefix) - 1);

	assert_non_null(at);
	return !at->doubt;
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(behind_the_fence),
		cmocka_unit_test(but_not_while_a_question_is_open),
		cmocka_unit_test(nor_before_it_is_asked),
	};

	return cmocka_run_group_tests_name("legacy_rules", tests, NULL, NULL);
}
