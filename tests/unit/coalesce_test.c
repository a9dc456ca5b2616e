// SPDX-License-Identifier: GPL-2.0-or-later
/* coalesce_test: when the reader rests, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "reader/coalesce.h"

static const uint64_t MS = 1000000;

/* What is decided once @a_ms events have come in each of some milliseconds. */
static int rest_at(size_t buffer, uint32_t snaplen, unsigned int a_ms)
{
	uint64_t now = 1000 * MS;
	struct coalesce p;
	int rest = 0;

	coalesce_open(&p, buffer, snaplen);
	coalesce_rest_ms(&p, 0, now);
	for (unsigned int i = 0; i < 4; i++)
		rest = coalesce_rest_ms(&p, a_ms, now += MS);
	return rest;
}

static void slow_traffic_is_read_at_once(void **state)
{
	(void)state;
	assert_int_equal(rest_at(64 << 20, 128, 0), 0);
	assert_int_equal(rest_at(64 << 20, 128, 10), 0);
}

static void busy_traffic_comes_together(void **state)
{
	(void)state;
	assert_int_equal(rest_at(64 << 20, 128, 100), 5);
	assert_int_equal(rest_at(64 << 20, 128, 1000), 5);
}

static void a_small_buffer_is_read_in_time(void **state)
{
	const size_t a_mib = 1 << 20, least = 212992;

	(void)state;
	assert_int_equal(rest_at(a_mib, 128, 100), 2);
	assert_int_equal(rest_at(a_mib, 128, 1000), 0);
	assert_int_equal(rest_at(least, 128, 100), 0);
	assert_int_equal(rest_at(a_mib, UINT32_MAX, 100), 0);
}

static void a_burst_behind_silence_is_no_busy_traffic(void **state)
{
	uint64_t now = 1000 * MS;
	struct coalesce p;

	(void)state;
	coalesce_open(&p, 64 << 20, 128);
	assert_int_equal(coalesce_rest_ms(&p, 50, now), 0);
	assert_int_equal(coalesce_rest_ms(&p, 50, now += 100 * MS), 0);
	/* Within a millisecond nothing is decided. */
	assert_int_equal(coalesce_rest_ms(&p, 50, now + MS / 2), 0);
}

static void the_rest_ends_with_the_traffic(void **state)
{
	uint64_t now = 1000 * MS;
	struct coalesce p;

	(void)state;
	coalesce_open(&p, 64 << 20, 128);
	coalesce_rest_ms(&p, 0, now);
	assert_int_equal(coalesce_rest_ms(&p, 500, now += 5 * MS), 5);
	assert_int_equal(coalesce_rest_ms(&p, 0, now + 5 * MS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_traffic_is_read_at_once),
		cmocka_unit_test(busy_traffic_comes_together),
		cmocka_unit_test(a_small_buffer_is_read_in_time),
		cmocka_unit_test(a_burst_behind_silence_is_no_busy_traffic),
		cmocka_unit_test(the_rest_ends_with_the_traffic),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
