// SPDX-License-Identifier: GPL-2.0-or-later
/* queue_watch_test: when a packet that was handed to a queue is gone for certain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "capture/event.h"
#include "place/place.h"
#include "protocol/bulletin.h"
#include "reader/queue_watch.h"
#include "rules/base/units.h"
#include "tests/unit/in_range.h"

enum { START_MS = 5000 };

static const uint64_t MS = NS_PER_MS, HANDED = START_MS * NS_PER_MS;

static struct bulletin bulletin;

static struct place place_of(const char *rule)
{
	return (struct place){ .rule = rule, .rule_len = (uint32_t)strlen(rule),
			       .backend = EVENT_LEGACY };
}

static void answer(struct queue_watch *w, uint64_t now_ns, int queue)
{
	struct bulletin_queues q = { .count = queue >= 0,
				     .number = { (uint16_t)queue } };

	bulletin_post_queues(&bulletin, w->asks, &q);
	queue_watch_answer(w, &bulletin, now_ns);
}

/* Return: how often it asks in @ms, while the answer is always the same; -1: gone before. */
static int watch(const struct place *at, unsigned int ms, int queue)
{
	struct queue_watch w = { .asks = 0 };
	uint64_t now;
	int asks = 0;
	bool ask;

	for (now = HANDED + MS; now < HANDED + ms * MS; now += MS) {
		if (!queue_watch_holds(&w, at, HANDED, now, &ask))
			return -1;
		asks += ask;
		if (ask)
			answer(&w, now, queue);
	}
	return asks;
}

static void test_held(void **state)
{
	struct place at = place_of("-A FORWARD -j NFQUEUE --queue-num 3");

	(void)state;
	/* Twice a second, not at every look. */
	assert_uint_in_range(watch(&at, 10000, 3), 19, 20);
	/* Of another queue: soon, yet not at once. */
	assert_int_equal(watch(&at, 10000, 4), -1);
	assert_int_equal(watch(&at, 10000, -1), -1);
	assert_int_equal(watch(&at, 90, -1), 1);
	/* A queue that never empties tells nothing for ever. */
	assert_int_equal(watch(&at, 70000, 3), -1);
	assert_true(watch(&at, 50000, 3) > 0);
}

static void test_which_queue(void **state)
{
	struct place some = place_of("-j NFQUEUE --queue-balance 4:7 --queue-bypass");
	struct place zero = place_of("-j NFQUEUE");
	struct place nft = { .backend = EVENT_NFT, .queue = 9 };

	(void)state;
	assert_int_equal(watch(&some, 1000, 3), -1);
	assert_true(watch(&some, 1000, 4) > 0);
	assert_true(watch(&some, 1000, 7) > 0);
	assert_int_equal(watch(&some, 1000, 8), -1);
	assert_true(watch(&zero, 1000, 0) > 0);
	assert_true(watch(&nft, 1000, 9) > 0);
	assert_int_equal(watch(&nft, 1000, 0), -1);
}

/* An answer of before it was handed over says nothing of a packet. */
static void test_old_answer(void **state)
{
	struct place at = place_of("-A FORWARD -j NFQUEUE --queue-num 3");
	struct queue_watch w = { .asks = 0 };
	bool ask;

	(void)state;
	assert_true(queue_watch_holds(&w, &at, HANDED, HANDED + MS, &ask));
	assert_true(ask);
	answer(&w, HANDED + 2 * MS, -1);
	assert_true(queue_watch_holds(&w, &at, HANDED + 3 * MS,
				      HANDED + 400 * MS, &ask));
	assert_false(ask);
	assert_false(queue_watch_holds(&w, &at, HANDED, HANDED + 400 * MS, &ask));
	assert_true(queue_watch_holds(&w, &at, HANDED + 3 * MS,
				      HANDED + 600 * MS, &ask));
	assert_true(ask);
	/* Nobody answers: it may be held. */
	assert_true(queue_watch_holds(&w, &at, HANDED + 3 * MS,
				      HANDED + 9000 * MS, &ask));
	assert_false(ask);
}

static void test_more_than_can_be_told(void **state)
{
	struct place at = place_of("-A FORWARD -j NFQUEUE --queue-num 3");
	struct bulletin_queues q = { .more = true };
	struct queue_watch w = { .asks = 0 };
	bool ask;

	(void)state;
	queue_watch_holds(&w, &at, HANDED, HANDED + MS, &ask);
	bulletin_post_queues(&bulletin, w.asks, &q);
	queue_watch_answer(&w, &bulletin, HANDED + MS);
	assert_true(queue_watch_holds(&w, &at, HANDED, HANDED + 400 * MS, &ask));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_held),
		cmocka_unit_test(test_which_queue),
		cmocka_unit_test(test_old_answer),
		cmocka_unit_test(test_more_than_can_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
