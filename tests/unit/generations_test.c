// SPDX-License-Identifier: GPL-2.0-or-later
/* generations_test: the latest generation that an event can be of, by what was answered later. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "reader/generations.h"

static void test_answers(void **state)
{
	struct generations g = { .count = 0 };
	uint32_t n = 0;

	(void)state;
	assert_false(generations_find(&g, 0, &n));
	generations_note(&g, 10, 40);
	generations_note(&g, 20, 40);
	generations_note(&g, 30, 42);
	assert_true(generations_find(&g, 5, &n));
	assert_int_equal(n, 40);
	assert_true(generations_find(&g, 19, &n));
	assert_int_equal(n, 40);
	/* What was read at the very time of the question was not before it. */
	assert_true(generations_find(&g, 20, &n));
	assert_int_equal(n, 42);
	assert_false(generations_find(&g, 30, &n));
}

static void test_more_than_there_is_room_for(void **state)
{
	struct generations g = { .count = 0 };
	uint32_t n = 0;

	(void)state;
	for (uint32_t i = 1; i <= 3 * GENERATIONS; i++)
		generations_note(&g, i * 10, i);
	assert_true(generations_find(&g, 3 * GENERATIONS * 10 - 11, &n));
	assert_int_equal(n, 3 * GENERATIONS - 1);
	/* Of long ago no more is known than that it was before all these. */
	assert_true(generations_find(&g, 5, &n));
	assert_int_equal(n, 2 * GENERATIONS + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
