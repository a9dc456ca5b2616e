// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_gaps_test: which packets may lack a drop record, by when records were lost. */
#include "reader/drop_gaps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reader/order.h"
#include "rules/base/units.h"

#define MS (1000 * NS_PER_MS)	/* times here are far from each other */
#define SETTLE (ORDER_SETTLE_MS * NS_PER_MS)

static void test_none_lost(void **state)
{
	struct drop_gaps g = { .count = 0 };

	(void)state;
	drop_gaps_look(&g, 0, 1 * MS, 2 * MS);
	drop_gaps_look(&g, 0, 3 * MS, 4 * MS);
	for (uint64_t t = 0; t < 6; t++)
		assert_false(drop_gaps_cover(&g, t * MS, 0));
}

/* From the look before, and what a drop takes, to the end of what was read. */
static void test_between_two_looks(void **state)
{
	struct drop_gaps g = { .count = 0 };

	(void)state;
	drop_gaps_look(&g, 0, 1 * MS, 2 * MS);
	drop_gaps_look(&g, 7, 3 * MS, 4 * MS);
	drop_gaps_look(&g, 7, 5 * MS, 6 * MS);
	assert_false(drop_gaps_cover(&g, 1 * MS - SETTLE - 1, 7));
	assert_true(drop_gaps_cover(&g, 1 * MS - SETTLE, 7));
	assert_true(drop_gaps_cover(&g, 2 * MS, 7));
	assert_true(drop_gaps_cover(&g, 4 * MS, 7));
	assert_false(drop_gaps_cover(&g, 4 * MS + 1, 7));
	assert_false(drop_gaps_cover(&g, 6 * MS, 7));
}

/* Who is told of before the next look has one as well. */
static void test_not_looked_yet(void **state)
{
	struct drop_gaps g = { .count = 0 };

	(void)state;
	drop_gaps_look(&g, 7, 1 * MS, 2 * MS);
	drop_gaps_look(&g, 7, 9 * MS, 10 * MS);
	assert_false(drop_gaps_cover(&g, 10 * MS, 7));
	assert_true(drop_gaps_cover(&g, 10 * MS, 8));
	assert_false(drop_gaps_cover(&g, 9 * MS - SETTLE - 1, 8));
}

/* Before the ring was full for the first time none was lost, whenever that is noticed. */
static void test_before_it_was_full(void **state)
{
	struct drop_gaps g = { .count = 0 };

	(void)state;
	drop_gaps_none(&g, 5 * MS);
	drop_gaps_none(&g, 3 * MS);
	drop_gaps_look(&g, 7, 8 * MS, 9 * MS);
	assert_false(drop_gaps_cover(&g, 1 * MS, 7));
	assert_false(drop_gaps_cover(&g, 5 * MS, 7));
	assert_true(drop_gaps_cover(&g, 5 * MS + 1, 7));
	assert_true(drop_gaps_cover(&g, 9 * MS, 7));
	assert_false(drop_gaps_cover(&g, 10 * MS, 7));
}

/* One that was read, and has no room for its reason. */
static void test_one_record(void **state)
{
	struct drop_gaps g = { .count = 0 };

	(void)state;
	drop_gaps_look(&g, 0, 1 * MS, 2 * MS);
	drop_gaps_add(&g, 5 * MS, 6 * MS);
	drop_gaps_add(&g, 4 * MS, 5 * MS);
	assert_true(drop_gaps_cover(&g, 4 * MS - SETTLE, 0));
	assert_true(drop_gaps_cover(&g, 6 * MS, 0));
	assert_false(drop_gaps_cover(&g, 3 * MS, 0));
	assert_false(drop_gaps_cover(&g, 7 * MS, 0));
}

/* Of very many none is forgotten; what is between the oldest is covered, too. */
static void test_too_many(void **state)
{
	struct drop_gaps g = { .count = 0 };
	uint64_t n = DROP_GAPS + 3;

	(void)state;
	for (uint64_t i = 1; i <= n; i++)
		drop_gaps_add(&g, 10 * i * MS, (10 * i + 1) * MS);
	assert_int_equal(g.count, DROP_GAPS);
	for (uint64_t i = 1; i <= n; i++)
		assert_true(drop_gaps_cover(&g, (10 * i + 1) * MS, 0));
	assert_true(drop_gaps_cover(&g, 15 * MS, 0));
	assert_false(drop_gaps_cover(&g, (10 * n - 5) * MS, 0));
	assert_false(drop_gaps_cover(&g, 5 * MS, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none_lost),
		cmocka_unit_test(test_between_two_looks),
		cmocka_unit_test(test_not_looked_yet),
		cmocka_unit_test(test_before_it_was_full),
		cmocka_unit_test(test_one_record),
		cmocka_unit_test(test_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
