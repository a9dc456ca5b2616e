// SPDX-License-Identifier: GPL-2.0-or-later
/* order_test: packets go on in the order in which they came, and nobody is waited for too long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "journey/journey.h"
#include "reader/order.h"
#include "rules/base/units.h"
#include "tests/unit/in_range.h"

enum { JOURNEYS = 40000, SPAN = 1 << 14 };	/* order.c's SLOTS */

struct fixture {
	struct order *o;
	struct journey *j;	/* by serial */
	uint64_t now_ns;
	bool quiet;
	uint64_t last;		/* of those handed out */
	unsigned int count, inversions, surplus;
	char out[256];
};

static void hand_out(void *arg, struct journey *j)
{
	struct fixture *f = arg;
	size_t at = strlen(f->out);

	f->inversions += f->count && j->serial < f->last;
	f->last = j->serial;
	f->count++;
	if (!f->quiet)
		snprintf(f->out + at, sizeof(f->out) - at, "%s%llu",
			 at ? " " : "", (unsigned long long)j->serial);
}

static struct fixture *fixture_open(void)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->o = order_open(hand_out, f);
	f->j = calloc(JOURNEYS, sizeof(*f->j));
	assert_non_null(f->o);
	assert_non_null(f->j);
	for (uint64_t i = 0; i < JOURNEYS; i++)
		f->j[i].serial = i;
	f->now_ns = 1000 * NS_PER_MS;
	return f;
}

static void fixture_close(struct fixture *f)
{
	order_close(f->o);
	free(f->j);
	free(f);
}

/*
 * What happens, a word each: +N is over, hN is held, sN has nothing to tell, bN
 * was not over, tMS so long passes and it is looked who is late, f is the end.
 */
struct row {
	const char *name, *acts, *out;
};

static void take_word(struct fixture *f, const char *word)
{
	unsigned long n = strtoul(word + 1, NULL, 10);

	switch (word[0]) {
	case '+':
		order_add(f->o, &f->j[n], f->now_ns);
		return;
	case 'h':
		order_hold(f->o, &f->j[n]);
		return;
	case 's':
		order_skip(f->o, &f->j[n]);
		return;
	case 'b':
		order_take_back(f->o, &f->j[n]);
		return;
	case 't':
		f->now_ns += n * NS_PER_MS;
		order_expire(f->o, f->now_ns);
		return;
	case 'f':
		order_finish(f->o);
		return;
	default:
		fail_msg("no such word: %s", word);
	}
}

static void check_row(const struct row *row)
{
	struct fixture *f = fixture_open();
	char acts[256], *word;

	snprintf(acts, sizeof(acts), "%s", row->acts);
	for (word = strtok(acts, " "); word; word = strtok(NULL, " "))
		take_word(f, word);
	if (strcmp(f->out, row->out) != 0)
		fail_msg("%s: '%s', not '%s'", row->name, f->out, row->out);
	fixture_close(f);
}

static const struct row rows[] = {
	{ "each at once", "+0 +1 +2", "0 1 2" },
	{ "a later one waits", "+1 +2", "" },
	{ "until the earlier one is over", "+1 +2 +0 +3", "0 1 2 3" },
	{ "the last one first", "+3 +2 +1 +0", "0 1 2 3" },
	{ "all that waits, at the end", "+3 +1 f", "1 3" },
	{ "nothing to tell is no gap", "+1 s0 +2", "1 2" },
	{ "nothing to tell, behind one under way", "s1 +2 +0", "0 2" },
	{ "not for longer than that", "+1 t499", "" },
	{ "but for so long", "+1 t500", "1" },
	{ "whoever was not waited for comes when it comes", "+1 t500 +0 +2",
	  "1 0 2" },
	{ "only those that are late go on", "+1 t300 +3 t200", "1" },
	{ "the others when they are late themselves",
	  "+1 t300 +3 t200 t299 t1", "1 3" },
	{ "one that is late takes those before it along",
	  "+3 t300 +1 t200", "1 3" },
	{ "each wait has its own time", "+1 t500 +3 t499 +2 t1 t499",
	  "1 2 3" },
	{ "what is held comes by itself", "h0 +1 t500 t5000", "" },
	{ "and those behind it with it", "h0 +1 t5000 +0", "0 1" },
	{ "one held is no reason to wait for one under way",
	  "h1 +2 t600 +1 t0", "1 2" },
	{ "those before one that is held go on", "+1 h2 +3 t500", "1" },
	{ "one before it, that comes while others wait for it",
	  "h3 +5 t500 +1 t499", "" },
	{ "goes on when it is late itself", "h3 +5 t500 +1 t500", "1" },
	{ "held, and then under way again", "h0 b0 +1 t500", "1" },
	{ "over, and then under way again", "+1 b1 +0 +2", "0" },
	{ "and over in the end", "+1 b1 +0 +2 +1", "0 1 2" },
	{ "the only one that waits is taken back", "+1 b1 t5000 +0", "0" },
	{ "held for longer than anybody waits, and in order", "h1 t5000 +2 +0 +1",
	  "0 1 2" },
	{ "passed, then held", "+1 t500 h0 +2 +0", "1 2 0" },
	{ "passed, then nothing to tell", "+1 t500 s0 +2", "1 2" },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
}

/* Of two the reader has to look when the first one is due, not later. */
static void test_due(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	assert_int_equal(order_due_ms(f->o, f->now_ns), -1);
	order_add(f->o, &f->j[1], f->now_ns);
	order_add(f->o, &f->j[3], f->now_ns + 100 * NS_PER_MS);
	assert_uint_in_range(order_due_ms(f->o, f->now_ns), ORDER_WAIT_MS,
			ORDER_WAIT_MS + 1);
	assert_int_equal(order_due_ms(f->o, f->now_ns + 500 * NS_PER_MS), 0);
	assert_uint_in_range(order_expire(f->o, f->now_ns + 500 * NS_PER_MS), 100,
			101);
	assert_string_equal(f->out, "1");
	assert_int_equal(order_expire(f->o, f->now_ns + 600 * NS_PER_MS), -1);
	assert_string_equal(f->out, "1 3");
	fixture_close(f);
}

/* What is held gives no time: else the reader would look again and again. */
static void test_due_behind_held(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	order_hold(f->o, &f->j[0]);
	order_add(f->o, &f->j[2], f->now_ns);
	f->now_ns += 600 * NS_PER_MS;
	assert_int_equal(order_expire(f->o, f->now_ns), -1);
	assert_int_equal(order_due_ms(f->o, f->now_ns), -1);
	order_add(f->o, &f->j[0], f->now_ns);
	assert_int_equal(order_due_ms(f->o, f->now_ns), 0);
	assert_int_equal(order_expire(f->o, f->now_ns), -1);
	assert_string_equal(f->out, "0 2");
	fixture_close(f);
}

/* One under way, and a flood behind it: so many wait, and not one more. */
static void test_bound(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	f->quiet = true;
	for (unsigned int i = 1; i <= ORDER_READY_MAX; i++)
		order_add(f->o, &f->j[i], f->now_ns);
	assert_int_equal(f->count, 0);
	order_add(f->o, &f->j[ORDER_READY_MAX + 1], f->now_ns);
	assert_int_equal(f->count, ORDER_READY_MAX + 1);
	order_add(f->o, &f->j[0], f->now_ns);
	assert_int_equal(f->count, ORDER_READY_MAX + 2);
	assert_int_equal(f->inversions, 1);
	fixture_close(f);
}

/* Of every second of a flood nothing is known: those that are go on in order. */
static void test_bound_with_holes(void **state)
{
	struct fixture *f = fixture_open();
	unsigned int added = 0;

	(void)state;
	f->quiet = true;
	for (unsigned int i = 1; i < JOURNEYS; i += 2, added++)
		order_add(f->o, &f->j[i], f->now_ns);
	assert_int_equal(f->count, added - ORDER_READY_MAX);
	order_finish(f->o);
	assert_int_equal(f->count, added);
	assert_int_equal(f->inversions, 0);
	fixture_close(f);
}

static void count_surplus(void *arg, struct journey *j)
{
	struct fixture *f = arg;

	assert_true(j->serial >= 3);
	f->surplus++;
}

/* Three are asked for, and none has its records: the last ones go, and those three stay. */
static void test_surplus(void **state)
{
	struct fixture *f = fixture_open();
	unsigned int n = 2 * SPAN;

	(void)state;
	f->quiet = true;
	order_want(f->o, 3, count_surplus);
	order_settle(f->o, 0);
	for (unsigned int i = 0; i < n; i++) {
		f->j[i].last_ns = f->now_ns;
		order_add(f->o, &f->j[i], f->now_ns);
	}
	assert_int_equal(f->count, 0);
	assert_int_equal(f->surplus, n - ORDER_READY_MAX);
	order_settle(f->o, f->now_ns + NS_PER_S);
	assert_int_equal(f->count, ORDER_READY_MAX);
	assert_int_equal(f->inversions, 0);
	fixture_close(f);
}

/* The first one is under way for long: it is waited for, and no longer than else. */
static void test_surplus_behind_open(void **state)
{
	struct fixture *f = fixture_open();
	unsigned int i = 1;

	(void)state;
	f->quiet = true;
	order_want(f->o, 3, count_surplus);
	for (; i <= ORDER_READY_MAX + 5; i++)
		order_add(f->o, &f->j[i], f->now_ns);
	assert_int_equal(f->count, 0);
	assert_int_equal(f->surplus, 5);
	f->now_ns += ORDER_WAIT_MS * NS_PER_MS;
	order_add(f->o, &f->j[i], f->now_ns);
	assert_true(f->count >= 3);
	assert_int_equal(f->inversions, 0);
	fixture_close(f);
}

/* A flood whose turn was before, and no look at the records: so many wait, too. */
static void test_bound_of_passed(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	f->quiet = true;
	order_settle(f->o, 0);
	for (unsigned int i = 0; i <= ORDER_READY_MAX; i++) {
		f->j[i].last_ns = f->now_ns;
		order_skip(f->o, &f->j[i]);
	}
	for (unsigned int i = 0; i < ORDER_READY_MAX; i++)
		order_add(f->o, &f->j[i], f->now_ns);
	assert_int_equal(f->count, 0);
	order_take_back(f->o, &f->j[1]);
	order_add(f->o, &f->j[1], f->now_ns);
	assert_int_equal(f->count, 0);
	order_add(f->o, &f->j[ORDER_READY_MAX], f->now_ns);
	assert_int_equal(f->count, 1);
	assert_int_equal(f->last, 0);
	order_settle(f->o, f->now_ns * 2);
	assert_int_equal(f->count, ORDER_READY_MAX + 1);
	fixture_close(f);
}

/* Who has waited for long enough does not take one along whose records may come yet. */
static void test_nobody_goes_past_the_unsettled(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	f->j[2].last_ns = f->now_ns - 100 * NS_PER_MS;
	order_settle(f->o, f->now_ns);
	order_add(f->o, &f->j[2], f->now_ns);
	f->now_ns += (ORDER_WAIT_MS - 1) * NS_PER_MS;
	f->j[1].last_ns = f->now_ns;
	order_settle(f->o, f->now_ns);
	order_add(f->o, &f->j[1], f->now_ns);
	f->now_ns += NS_PER_MS;
	assert_int_equal(order_expire(f->o, f->now_ns), ORDER_SETTLE_MS + 1);
	assert_string_equal(f->out, "");
	assert_false(order_is_settled(&f->j[1], f->now_ns));
	/* Nobody comes for 0. */
	f->now_ns += ORDER_SETTLE_MS * NS_PER_MS;
	assert_true(order_is_settled(&f->j[1], f->now_ns));
	order_settle(f->o, f->now_ns);
	order_expire(f->o, f->now_ns);
	assert_string_equal(f->out, "1 2");
	fixture_close(f);
}

/* Who is not settled when it is looked who is late waits no longer for that, once it is. */
static void test_settled_behind_a_look(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	f->j[1].last_ns = f->now_ns - 100 * NS_PER_MS;
	order_settle(f->o, f->now_ns);
	order_add(f->o, &f->j[1], f->now_ns);
	f->now_ns += (ORDER_WAIT_MS - 1) * NS_PER_MS;
	f->j[3].last_ns = f->now_ns;
	order_settle(f->o, f->now_ns);
	order_add(f->o, &f->j[3], f->now_ns);
	f->now_ns += NS_PER_MS;
	order_expire(f->o, f->now_ns);
	assert_string_equal(f->out, "1");
	f->now_ns += (ORDER_WAIT_MS - 2) * NS_PER_MS;
	order_settle(f->o, f->now_ns);
	order_expire(f->o, f->now_ns);
	assert_string_equal(f->out, "1");
	/* Nobody comes for 2. */
	f->now_ns += NS_PER_MS;
	order_expire(f->o, f->now_ns);
	assert_string_equal(f->out, "1 3");
	fixture_close(f);
}

/* More are under way and held than there is room for. */
static void test_span(void **state)
{
	struct fixture *f = fixture_open();

	(void)state;
	f->quiet = true;
	order_hold(f->o, &f->j[0]);
	order_add(f->o, &f->j[1], f->now_ns);
	order_add(f->o, &f->j[SPAN - 1], f->now_ns);
	assert_int_equal(f->count, 0);
	order_add(f->o, &f->j[SPAN], f->now_ns);
	assert_int_equal(f->count, 1);
	order_hold(f->o, &f->j[3 * SPAN / 2]);
	order_add(f->o, &f->j[2 * SPAN], f->now_ns);
	assert_int_equal(f->count, 3);
	order_add(f->o, &f->j[0], f->now_ns);
	assert_int_equal(f->count, 4);
	order_finish(f->o);
	assert_int_equal(f->count, 5);
	fixture_close(f);
}

struct sum {
	unsigned int count;
	uint64_t serials;
};

static void sum_up(void *arg, struct journey *j)
{
	struct sum *s = arg;

	s->count++;
	s->serials += j->serial;
}

static void test_each(void **state)
{
	struct fixture *f = fixture_open();
	struct sum sum = { 0 };

	(void)state;
	order_hold(f->o, &f->j[1]);
	order_add(f->o, &f->j[2], f->now_ns);
	order_skip(f->o, &f->j[3]);
	order_add(f->o, &f->j[40], f->now_ns);
	order_each(f->o, sum_up, &sum);
	assert_int_equal(sum.count, 2);
	assert_int_equal(sum.serials, 42);
	fixture_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_due_behind_held),
		cmocka_unit_test(test_bound),
		cmocka_unit_test(test_bound_with_holes),
		cmocka_unit_test(test_surplus),
		cmocka_unit_test(test_surplus_behind_open),
		cmocka_unit_test(test_bound_of_passed),
		cmocka_unit_test(test_nobody_goes_past_the_unsettled),
		cmocka_unit_test(test_settled_behind_a_look),
		cmocka_unit_test(test_span),
		cmocka_unit_test(test_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
