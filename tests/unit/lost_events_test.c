// SPDX-License-Identifier: GPL-2.0-or-later
/* lost_events_test: whether a packet came before what was lost, by how that was noticed. */
#include "reader/lost_events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "capture/capture.h"

/* A hole in a sequence stands where it is read. */
static void test_seen(void **state)
{
	struct lost_events l = { .count = 0 };

	(void)state;
	lost_events_seen(&l, 5, 0);
	lost_events_seen(&l, 5, 10);
	lost_events_seen(&l, 8, 100);
	assert_int_equal(lost_events_before(&l, 4), 0);
	assert_int_equal(lost_events_before(&l, 5), 10);
	assert_int_equal(lost_events_before(&l, 7), 10);
	assert_int_equal(lost_events_before(&l, 8), 110);
}

/* What the socket counts may have been lost at any time since it was asked before. */
static void test_looked(void **state)
{
	struct lost_events l = { .count = 0 };

	(void)state;
	lost_events_look(&l, 5, 0);
	lost_events_look(&l, 9, 10);
	lost_events_look(&l, 20, 0);
	lost_events_look(&l, 30, 100);
	assert_int_equal(lost_events_before(&l, 4), 0);
	assert_int_equal(lost_events_before(&l, 5), 10);
	assert_int_equal(lost_events_before(&l, 19), 10);
	assert_int_equal(lost_events_before(&l, 20), 110);
}

/* Of very many none is forgotten, and none is said to have come later. */
static void test_too_many(void **state)
{
	struct lost_events l = { .count = 0 };

	(void)state;
	for (uint64_t n = 1; n <= LOST_EVENTS + 10; n++)
		lost_events_seen(&l, n, 1);
	assert_int_equal(lost_events_before(&l, LOST_EVENTS - 1), LOST_EVENTS - 1);
	assert_int_equal(lost_events_before(&l, LOST_EVENTS), LOST_EVENTS + 10);
	lost_events_seen(&l, 3, 1);
	assert_true(lost_events_before(&l, 3) >= 4);
	assert_int_equal(lost_events_before(&l, UINT64_MAX), LOST_EVENTS + 11);
}

/* What waited when nothing was read yet came before all that was lost. */
static void test_backlog(void **state)
{
	struct lost_events l = { .waited = 1000000 };
	struct capture c = { .bytes = 0 };

	(void)state;
	for (uint64_t serial = 1; serial <= 10; serial++) {
		c.bytes += 30000;
		c.messages += 64;
		lost_events_read(&l, &c, serial);
	}
	lost_events_look(&l, 10, 7);
	/* Five batches are less than that for certain, of the sixth it is not known. */
	assert_int_equal(lost_events_before(&l, 4), 0);
	assert_int_equal(lost_events_before(&l, 5), 7);
	lost_events_read(&l, &c, 20);
	lost_events_look(&l, 30, 9);
	assert_int_equal(lost_events_before(&l, 9), 7);
	assert_int_equal(lost_events_before(&l, 10), 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_looked),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_backlog),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
