// SPDX-License-Identifier: GPL-2.0-or-later
/* reader_control_test: how long the reader waits for a supervisor that does not answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "capture/capture.h"
#include "reader/reader_plan.h"
#include "tests/unit/in_range.h"

static unsigned int polls;
static unsigned int asked_ms;

/* Nothing comes, and no time passes. */
static int poll_in_vain(struct pollfd *pfd, nfds_t count, int ms)
{
	(void)pfd, (void)count;
	polls++;
	asked_ms = (unsigned int)ms;
	return 0;
}

#define poll poll_in_vain
#include "reader/reader_control.c"
#undef poll

static int supervisor;

static int begin(void **state)
{
	struct reader_state *s = calloc(1, sizeof(*s));
	int pair[2];

	if (!s || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
		return -1;
	s->control = pair[0];
	supervisor = pair[1];
	polls = 0;
	*state = s;
	return 0;
}

static int end(void **state)
{
	struct reader_state *s = *state;

	close(s->control);
	close(supervisor);
	free(s);
	return 0;
}

static bool never(const struct reader_state *s, const void *arg)
{
	(void)s, (void)arg;
	return false;
}

static bool at_once(const struct reader_state *s, const void *arg)
{
	(void)s, (void)arg;
	return true;
}

static void ask(struct reader_state *s, unsigned int times)
{
	char word = 0;

	reader_ask(s, READER_LOST, never, NULL, times);
	assert_int_equal(recv(supervisor, &word, 1, MSG_DONTWAIT), 1);
	assert_int_equal(word, READER_LOST);
}

static void test_waits_once(void **state)
{
	ask(*state, 1);
	assert_int_equal(polls, 1);
	assert_uint_in_range(asked_ms, 2000, 4001);
	ask(*state, 1);
	ask(*state, 3);
	assert_int_equal(polls, 1);
}

static void test_waits_longer(void **state)
{
	ask(*state, 3);
	assert_uint_in_range(asked_ms, 10000, 12001);
	ask(*state, 1);
	assert_int_equal(polls, 1);
}

/* Whatever it says: it lives. */
static void test_waits_again(void **state)
{
	const struct supervisor_message m = { .word = '?' };

	ask(*state, 1);
	assert_int_equal(send(supervisor, &m, sizeof(m), 0), sizeof(m));
	reader_on_control(*state);
	ask(*state, 1);
	assert_int_equal(polls, 2);
}

static void test_answered(void **state)
{
	reader_ask(*state, READER_LOST, at_once, NULL, 1);
	assert_int_equal(polls, 0);
	ask(*state, 1);
	assert_int_equal(polls, 1);
}

/* While much comes: for a burst's answers, for a moment each, and as long as the socket has room. */
static void test_burst(void **state)
{
	struct reader_state *s = *state;
	struct capture capture = { .fd = -1, .buffer = 1 << 20 };
	struct reader_plan plan = { .capture = &capture };

	s->plan = &plan;
	s->more = s->flooded = true;
	/* It is not known what waits in there. */
	assert_false(reader_may_ask(s));
	ask(s, 1);
	assert_int_equal(polls, 0);
	assert_false(s->silent);
	capture.fd = s->control;
	assert_true(reader_may_ask(s));
	ask(s, 3);
	assert_int_equal(polls, 1);
	assert_uint_in_range(asked_ms, 1, 101);
	assert_true(s->silent);
	share_spend(&s->asking, clock_ns(CLOCK_MONOTONIC) - NS_PER_S,
		    clock_ns(CLOCK_MONOTONIC));
	assert_false(reader_may_ask(s));
	s->more = s->flooded = false;
	assert_true(reader_may_ask(s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_waits_once, begin, end),
		cmocka_unit_test_setup_teardown(test_waits_longer, begin, end),
		cmocka_unit_test_setup_teardown(test_waits_again, begin, end),
		cmocka_unit_test_setup_teardown(test_answered, begin, end),
		cmocka_unit_test_setup_teardown(test_burst, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
