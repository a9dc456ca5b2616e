// SPDX-License-Identifier: GPL-2.0-or-later
/* helper_test: what a job may ask for, and what is said of one that a library ended. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/msg.h"
#include "rules/base/helper.h"

/* What does not fit the addresses must not be cut to what does. */
static int reserve_too_much(const void *arg, struct helper_out *out)
{
	(void)arg;
	if (helper_reserve(out, UINT64_MAX - 4096) || errno != ENOMEM)
		return 1;
	if (helper_reserve(out, (uint64_t)SIZE_MAX / 2 + 4096) ||
	    errno != ENOMEM)
		return 2;
	return helper_reserve(out, 4096) ? 0 : 3;
}

static void test_reserve(void **state)
{
	struct helper_result res;

	(void)state;
	assert_int_equal(helper_run(reserve_too_much, NULL, 10000, &res), 0);
	assert_int_equal(res.status, 0);
	assert_int_equal(res.len, 4096);
	helper_release(&res);
}

static int end(const void *arg, struct helper_out *out)
{
	const char *words = arg;

	(void)out;
	fputs(words, stderr);
	if (!*words)
		_exit(7);
	abort();
}

static void assert_told(const char *words, const char *expected)
{
	struct helper_result res;
	char told[256];

	assert_int_equal(helper_run(end, words, 10000, &res), 0);
	helper_tell_end(told, sizeof(told), &res);
	assert_string_equal(told, expected);
	helper_release(&res);
}

static void test_end(void **state)
{
	(void)state;
	assert_told("free(): bad\nmore\n",
		    "a library ended the process (Aborted): free(): bad");
	assert_told("\n", "a library ended the process (Aborted)");
	assert_told("", "a library ended the process (status 7)");
}

static int die(const void *arg, struct helper_out *out)
{
	const int *sig = arg;

	(void)out;
	signal(*sig, SIG_DFL);
	raise(*sig);
	return 0;
}

/* Each by both ways: the result of a job with words, and of one with an errno. */
static void test_signals(void **state)
{
	static const struct {
		int sig;
		const char *told;
	} ends[] = {
		{ SIGKILL, "the helper was ended by signal 9 (Killed): somebody, or the "
			   "kernel for want of memory (dmesg)" },
		{ SIGXCPU, "the helper was ended by signal 24 (CPU time limit exceeded): "
			   "a limit of CPU time (ulimit -t)" },
		{ SIGXFSZ, "the helper was ended by signal 25 (File size limit exceeded): "
			   "a limit of file sizes (ulimit -f)" },
		{ SIGSYS, "the helper was ended by signal 31 (Bad system call): a filter "
			  "of system calls (seccomp)" },
	};
	struct helper_result res;
	struct helper h;
	char told[256];

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		assert_int_equal(helper_run(die, &ends[i].sig, 10000, &res), 0);
		helper_tell_end(told, sizeof(told), &res);
		assert_string_equal(told, ends[i].told);
		helper_release(&res);
		assert_int_equal(helper_start(&h, die, &ends[i].sig), 0);
		assert_string_equal(msg_errno_text(helper_finish_data(&h, &res, NULL)),
				    ends[i].told);
		helper_release(&res);
	}
}

enum { TOLD = 12 };

/* It goes on behind the number only when its parent lets it. */
static int tell(const void *arg, struct helper_out *out)
{
	char *room = helper_reserve(out, 1);

	(void)arg;
	if (!room)
		return ENOSPC;
	helper_tell(out, TOLD);
	if (!helper_hold())
		return EPIPE;
	*room = 'x';
	out->used = 1;
	return 0;
}

/* Of several jobs one may end before the others' numbers are asked for. */
static void test_unheard(void **state)
{
	struct helper_result res;
	struct helper h;
	uint64_t number;

	(void)state;
	for (unsigned int heard = 0; heard < 2; heard++) {
		assert_int_equal(helper_start(&h, tell, NULL), 0);
		if (heard) {
			assert_true(helper_heard(&h, 10000, &number));
			assert_int_equal(number, TOLD);
			assert_false(helper_is_done(&h));
		}
		assert_int_equal(helper_go(&h), 0);
		assert_int_equal(helper_finish_data(&h, &res, NULL), 0);
		assert_int_equal(res.len, 1);
		assert_int_equal(*(const char *)res.data, 'x');
		helper_release(&res);
	}
}

/* ---- two jobs in one child, and one in none */

static int leave(const void *arg, struct helper_out *out)
{
	printf("said %s", (const char *)arg);
	return helper_append(out, arg, strlen(arg)) < 0;
}

static int leave_when_told(const void *arg, struct helper_out *out)
{
	return helper_hold() ? leave(arg, out) : 9;
}

static void assert_left(struct helper *h, const char *left, const char *said)
{
	struct helper_result res;

	assert_int_equal(helper_finish(h, 10000, &res), 0);
	assert_int_equal(res.status, 0);
	assert_int_equal(res.len, strlen(left));
	assert_memory_equal(res.data, left, res.len);
	assert_string_equal(res.text, said);
	helper_release(&res);
}

static void test_then(void **state)
{
	struct helper h, next;
	const struct helper_then then = { &next, leave_when_told, "two" };
	pid_t pid;

	(void)state;
	assert_int_equal(helper_start_then(&h, leave, "one", &then), 0);
	pid = next.pid;
	assert_int_equal(h.pid, pid);
	assert_left(&h, "one", "said one");
	assert_false(helper_is_done(&next));
	assert_int_equal(helper_go(&next), 0);
	assert_left(&next, "two", "said two");
	helper_collect(true);
	assert_int_equal(kill(pid, 0), -1);
}

static void test_then_none(void **state)
{
	struct helper h, next;
	const struct helper_then then = { &next, leave_when_told, "two" };
	struct helper_result res;

	(void)state;
	/* A library ends it: nobody is there for the second. */
	assert_int_equal(helper_start_then(&h, end, "", &then), 0);
	assert_int_equal(helper_finish(&h, 10000, &res), 0);
	assert_int_equal(res.status, 7);
	assert_int_equal(next.pid, -1);
	helper_release(&res);
	/* It is not needed any more. */
	assert_int_equal(helper_start_then(&h, leave, "one", &then), 0);
	assert_left(&h, "one", "said one");
	helper_cancel(&next);
	helper_collect(true);
}

static int refuse(const void *arg, struct helper_out *out)
{
	(void)out;
	return *(const int *)arg;
}

static int fill_page(const void *arg, struct helper_out *out)
{
	memcpy(helper_reserve(out, 1 << 20), arg, 4);
	out->used = 4;
	return 0;
}

static void test_here(void **state)
{
	const int status = ENOENT;
	struct helper_result res;
	int fd;

	(void)state;
	assert_int_equal(helper_run_here(refuse, &status, &res, &fd), -ENOENT);
	assert_int_equal(fd, -1);
	helper_release(&res);
	assert_int_equal(helper_run_here(fill_page, "here", &res, &fd), 0);
	assert_int_equal(res.len, 4);
	assert_memory_equal(res.data, "here", 4);
	/* Nobody changes it any more. */
	assert_int_equal(pwrite(fd, "t", 1, 0), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
	close(fd);
	helper_release(&res);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reserve),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_signals),
		cmocka_unit_test(test_unheard),
		cmocka_unit_test(test_then),
		cmocka_unit_test(test_then_none),
		cmocka_unit_test(test_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
