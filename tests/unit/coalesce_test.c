// SPDX-License-Identifier: GPL-2.0-or-later
/* coalesce_test: when the reader rests, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
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

/* Batches of @n, one each @gap_us, for @ms: is it one after the last of them? */
static bool flood_of(struct flood *f, uint64_t *now, unsigned int n, unsigned int gap_us,
		     unsigned int ms, bool caught_up)
{
	const uint64_t end = *now + ms * MS;
	bool is = false;

	for (; *now < end; *now += gap_us * MS / 1000)
		is = flood_is_on(f, n, caught_up, *now);
	return is;
}

static void one_packet_is_no_flood(void **state)
{
	uint64_t now = 1000 * MS;
	struct flood f = { 0 };

	(void)state;
	for (int i = 0; i < 10; i++) {
		/* 192 events, of which the first 64 are read while more come. */
		assert_false(flood_is_on(&f, 64, false, now));
		assert_false(flood_is_on(&f, 64, false, now += MS / 10));
		assert_false(flood_is_on(&f, 60, true, now += MS / 10));
		assert_false(flood_is_on(&f, 4, true, now += MS));
		now += 100 * MS;
	}
	/* A thousand packets a second, of 20 events each. */
	assert_false(flood_of(&f, &now, 20, 1000, 100, true));
}

static void what_goes_on_is_a_flood(void **state)
{
	uint64_t now = 1000 * MS;
	struct flood f = { 0 };

	(void)state;
	assert_true(flood_of(&f, &now, 60, 500, 100, true));
	/* It is over. */
	assert_true(flood_is_on(&f, 0, true, now + MS));
	assert_false(flood_of(&f, &now, 0, 10000, 50, true));
}

static void who_stays_behind_is_flooded(void **state)
{
	uint64_t now = 1000 * MS;
	struct flood f = { 0 };

	(void)state;
	/* Each batch takes it long: what comes is not seen. */
	assert_false(flood_of(&f, &now, 64, 10000, 15, false));
	assert_true(flood_of(&f, &now, 64, 10000, 30, false));
	assert_false(flood_is_on(&f, 3, true, now));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slow_traffic_is_read_at_once),
		cmocka_unit_test(busy_traffic_comes_together),
		cmocka_unit_test(a_small_buffer_is_read_in_time),
		cmocka_unit_test(a_burst_behind_silence_is_no_busy_traffic),
		cmocka_unit_test(the_rest_ends_with_the_traffic),
		cmocka_unit_test(one_packet_is_no_flood),
		cmocka_unit_test(what_goes_on_is_a_flood),
		cmocka_unit_test(who_stays_behind_is_flooded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
