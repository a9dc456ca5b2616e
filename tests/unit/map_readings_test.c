// SPDX-License-Identifier: GPL-2.0-or-later
/* map_readings_test: what was read of maps and sets is kept until there is too much of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>
#include <stdlib.h>

#include "reader/map_readings.h"

static struct map_reading *keep(struct map_readings *m, uint64_t rule, uint32_t generation)
{
	m->rule = rule;
	m->answered = ++m->asks;
	return map_readings_keep(m, generation);
}

/* Nobody is forgotten for one who is only looked for, as each packet does while nobody may ask. */
static void test_look(void **state)
{
	struct map_readings *m = calloc(1, sizeof(*m));
	struct map_reading *r;

	(void)state;
	assert_non_null(m);
	assert_null(map_readings_find(m, 7));
	r = keep(m, 7, 3);
	assert_ptr_equal(map_readings_find(m, 7), r);
	for (uint64_t i = 0; i < 3 * MAP_READINGS; i++)
		assert_null(map_readings_find(m, 1000 + i));
	assert_non_null(map_readings_find(m, 7));
	assert_int_equal(map_readings_find(m, 7)->generation, 3);
	free(m);
}

static void test_again(void **state)
{
	struct map_readings *m = calloc(1, sizeof(*m));
	struct map_reading *r;

	(void)state;
	assert_non_null(m);
	r = keep(m, 7, 3);
	assert_int_equal(m->rule, 0);
	keep(m, 8, 3);
	assert_ptr_equal(keep(m, 7, 5), r);
	assert_int_equal(r->generation, 5);
	assert_int_equal(m->next, 2);
	free(m);
}

static void test_oldest(void **state)
{
	struct map_readings *m = calloc(1, sizeof(*m));

	(void)state;
	assert_non_null(m);
	for (uint64_t i = 0; i <= MAP_READINGS; i++)
		keep(m, 100 + i, 1);
	assert_null(map_readings_find(m, 100));
	for (uint64_t i = 1; i <= MAP_READINGS; i++)
		assert_non_null(map_readings_find(m, 100 + i));
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_oldest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
