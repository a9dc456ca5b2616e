// SPDX-License-Identifier: GPL-2.0-or-later
/* lock_pace_test: a reload of many steps is one turn or few, and waits for the lock once; whatever the machine takes for a step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rules/base/clock.h"
#include "rules/base/units.h"
#include "supervisor/lock_pace.h"
#include "supervisor/run_state.h"

enum { STEPS = 20 };

/* What is left to others for a while is not taken between two steps. */
static unsigned int lingers(uint64_t ms_between)
{
	struct lock_turns t = { .gives = 0 };
	unsigned int n = 0;

	for (uint64_t i = 0; i < STEPS; i++) {
		lock_pace_give(&t, (1000 + i * ms_between) * NS_PER_MS);
		n += t.linger_ns > 0;
	}
	return n;
}

static void test_storm(void **state)
{
	(void)state;
	/* From the eleventh turn on, the tenth of which was within two seconds. */
	assert_int_equal(lingers(0), STEPS - 10);
	assert_int_equal(lingers(20), STEPS - 11);
	assert_int_equal(lingers(200), 0);
	assert_int_equal(lingers(5000), 0);
}

static void test_patience(void **state)
{
	static struct run r;
	const struct lock_guest g = { .pid = 1 };
	uint64_t now, patience;

	(void)state;
	assert_int_equal(lock_pace_patience_ns(&r, &g), NS_PER_S);
	/* Who comes behind one that was given it waits for nothing; a test that slept meanwhile tries again. */
	r.host.turns.gives = 1;
	do {
		now = r.host.turns.taken_ns = clock_monotonic_ns();
		patience = lock_pace_patience_ns(&r, &g);
	} while (clock_monotonic_ns() - now > NS_PER_S);
	assert_int_equal(patience, 0);
	r.host.turns.taken_ns = now - 3 * NS_PER_S;
	assert_int_equal(lock_pace_patience_ns(&r, &g), NS_PER_S);
}

/* Came just now: a test that slept in between tries again. */
static bool is_kept_out(const struct run *r)
{
	struct lock_guest g = { .pid = 1 };
	bool kept;

	do {
		g.since_ns = clock_monotonic_ns();
		kept = lock_pace_reads_first(r, &g);
	} while (clock_monotonic_ns() - g.since_ns > 50 * NS_PER_MS);
	return kept;
}

static void test_what_others_did_is_read_first(void **state)
{
	static struct run r = { .host.turns.use = LOCK_SHARED };
	struct lock_guest g = { .since_ns = clock_monotonic_ns() - 100 * NS_PER_MS };

	(void)state;
	assert_false(is_kept_out(&r));
	r.reader.legacy.wanted = true;
	assert_true(is_kept_out(&r));
	r.reader.legacy.wanted = false;
	r.reader.legacy.reading = true;
	assert_true(is_kept_out(&r));
	/* But for no longer than a tenth of a second, and not in a storm. */
	assert_false(lock_pace_reads_first(&r, &g));
	r.host.turns.linger_ns = 1;
	assert_false(is_kept_out(&r));
	r.host.turns.linger_ns = 0;
	r.host.turns.use = LOCK_KEPT;
	assert_false(is_kept_out(&r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_storm),
		cmocka_unit_test(test_patience),
		cmocka_unit_test(test_what_others_did_is_read_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
