// SPDX-License-Identifier: GPL-2.0-or-later
/* hand_test: descriptors arrive as they were handed over, or none stays open. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "rules/base/hand.h"
#include "rules/base/helper.h"

enum { WAIT_MS = 20000, LOOK_MS = 1 };

static int pair[2];

static int open_pair(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

static int close_pair(void **state)
{
	(void)state;
	close(pair[0]);
	if (pair[1] >= 0)
		close(pair[1]);
	return 0;
}

static ino_t inode(int fd)
{
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	return st.st_ino;
}

/* The number that the next file gets: the same when nothing was left open. */
static int next_fd(void)
{
	int fd = dup(pair[0]);

	close(fd);
	return fd;
}

static void test_as_they_were(void **state)
{
	int fd[2][2], got[4];

	(void)state;
	assert_int_equal(pipe(fd[0]), 0);
	assert_int_equal(pipe(fd[1]), 0);
	assert_int_equal(hand_over(pair[1], &fd[0][0], 4), 0);
	assert_int_equal(hand_take(pair[0], WAIT_MS, got, 4), 0);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(inode(got[i]), inode((&fd[0][0])[i]));
		assert_int_not_equal(fcntl(got[i], F_GETFD) & FD_CLOEXEC, 0);
		close(got[i]);
		close((&fd[0][0])[i]);
	}
}

static void test_another_number_of_them(void **state)
{
	int got[HAND_MAX], before = next_fd();

	(void)state;
	for (unsigned int count = 0; count <= HAND_MAX; count++) {
		const int fd[HAND_MAX] = { pair[0], pair[0], pair[0], pair[0] };

		if (count == 2)
			continue;
		assert_int_equal(hand_over(pair[1], fd, count), 0);
		assert_int_equal(hand_take(pair[0], WAIT_MS, got, 2), -ENOENT);
		assert_int_equal(next_fd(), before);
	}
	assert_int_equal(hand_over(pair[1], got, HAND_MAX + 1), -EINVAL);
}

static void test_nobody_hands_over(void **state)
{
	int got[1];

	(void)state;
	assert_int_equal(hand_take(pair[0], LOOK_MS, got, 1), -ETIMEDOUT);
	close(pair[1]);
	pair[1] = -1;
	assert_int_equal(hand_take(pair[0], WAIT_MS, got, 1), -EPIPE);
}

/* A job hands over, and its status comes behind that. */
static int give_one(const void *arg, struct helper_out *out)
{
	(void)arg;
	return hand_over(out->line, &out->fd, 1) ? 1 : 7;
}

static void test_by_a_helper(void **state)
{
	struct helper_result res;
	struct helper h;
	int got[1];
	ino_t result;

	(void)state;
	assert_int_equal(helper_start(&h, give_one, NULL), 0);
	result = inode(h.result_fd);
	assert_int_equal(hand_take(h.line, WAIT_MS, got, 1), 0);
	assert_int_equal(inode(got[0]), result);
	close(got[0]);
	assert_int_equal(helper_finish(&h, WAIT_MS, &res), 0);
	assert_int_equal(res.status, 7);
	helper_release(&res);
	helper_collect(true);
}

int main(void)
{
#define WITH_PAIR(test) cmocka_unit_test_setup_teardown(test, open_pair, close_pair)
	const struct CMUnitTest tests[] = {
		WITH_PAIR(test_as_they_were),
		WITH_PAIR(test_another_number_of_them),
		WITH_PAIR(test_nobody_hands_over),
		WITH_PAIR(test_by_a_helper),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
