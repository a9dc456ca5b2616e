// SPDX-License-Identifier: GPL-2.0-or-later
/* share_test: what a burst may take at once, and a flood of each second. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdint.h>

#include "reader/share.h"
#include "rules/base/units.h"
#include "tests/unit/in_range.h"

#define SAVED (400 * NS_PER_MS)

static void test_burst(void **state)
{
	struct share h = { 0 };
	uint64_t now = 1000 * NS_PER_S;

	(void)state;
	assert_int_equal(share_left_ns(&h, SAVED, now), SAVED);
	share_spend(&h, now, now + 150 * NS_PER_MS);
	now += 150 * NS_PER_MS;
	assert_int_equal(share_left_ns(&h, SAVED, now), 250 * NS_PER_MS);
	share_spend(&h, now, now + 300 * NS_PER_MS);
	now += 300 * NS_PER_MS;
	assert_int_equal(share_left_ns(&h, SAVED, now), 0);
	assert_int_equal(share_left_ns(&h, SAVED, now + NS_PER_S), 50 * NS_PER_MS);
	assert_int_equal(share_left_ns(&h, SAVED, now + 5 * NS_PER_S), SAVED);
}

/* Whoever spends all that there is has a tenth, and what was saved before. */
static void test_flood(void **state)
{
	const uint64_t begun = 1000 * NS_PER_S, step = NS_PER_MS;
	uint64_t now = begun, spent = 0;
	struct share h = { 0 };

	(void)state;
	while (now - begun < 20 * NS_PER_S) {
		if (share_left_ns(&h, SAVED, now) >= step) {
			share_spend(&h, now, now + step);
			spent += step;
		}
		now += step;
	}
	assert_uint_in_range(spent / NS_PER_MS, 2150, 2200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst),
		cmocka_unit_test(test_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
