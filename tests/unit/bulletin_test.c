// SPDX-License-Identifier: GPL-2.0-or-later
/* bulletin_test: what is posted is seen whole, and by nobody but its writer written. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "protocol/bulletin.h"
#include "tests/unit/emulated.h"

static int open_board(void **state)
{
	static struct bulletin_board board;

	*state = &board;
	return bulletin_open(&board);
}

static int close_board(void **state)
{
	bulletin_close(*state);
	return 0;
}

/* Return: how a child ended that did @fn. */
static int in_child(int (*fn)(const struct bulletin_board *b),
		    const struct bulletin_board *b)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		_exit(fn(b));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

/* The one thing that the program can do about it, in the child that is to be kept out. */
static int make_writable(const struct bulletin_board *b)
{
	return mprotect((void *)b->view, sizeof(*b->view),
			PROT_READ | PROT_WRITE) == 0 ? 0 : errno;
}

static int write_view(const struct bulletin_board *b)
{
	signal(SIGSEGV, SIG_DFL);
	atomic_store(&((struct bulletin *)b->view)->tables_epoch, 7);
	return 0;
}

static int write_post(const struct bulletin_board *b)
{
	signal(SIGSEGV, SIG_DFL);
	atomic_store(&b->post->tables_epoch, 7);
	return 0;
}

static void test_child_cannot_write(void **state)
{
	const struct bulletin_board *b = *state;
	int status = in_child(make_writable, b);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EACCES);
	/* Under a sanitizer it is an exit with a report; never a success. */
	assert_int_not_equal(in_child(write_view, b), 0);
	/* qemu-user passes MADV_DONTFORK over. */
	if (!emulated())
		assert_int_not_equal(in_child(write_post, b), 0);
	assert_int_equal(bulletin_tables_epoch(b->view), 0);
}

static int sees_tables(const struct bulletin_board *b)
{
	struct bulletin_tables t;

	bulletin_tables(b->view, &t);
	return bulletin_tables_epoch(b->view) == 1 && t.guard == GUARD_LOCK &&
	       !t.undoing;
}

static void test_posted_is_seen(void **state)
{
	struct bulletin_tables t = { .guard = GUARD_LOCK };
	const struct bulletin_board *b = *state;

	bulletin_post_tables(b->post, &t);
	assert_int_equal(WEXITSTATUS(in_child(sees_tables, b)), 1);
}

static void test_answer_is_for_its_question(void **state)
{
	const struct bulletin_board *b = *state;
	uint32_t generation = 0;

	bulletin_post_generation(b->post, 1, 42);
	assert_false(bulletin_generation(b->view, 2, &generation));
	assert_true(bulletin_generation(b->view, 1, &generation));
	assert_int_equal(generation, 42);
}

/* Which of two posts it is; in the child, step by step. */
static void post(struct bulletin *b, uint8_t n)
{
	struct bulletin_tables t = { .guard = n, .windows = n, .undoing = n == 2 };

	bulletin_post_tables(b, &t);
	bulletin_post_generation(b, n, n);
}

enum { NO_PTRACE = 77 };

static void poster(struct bulletin *b) __attribute__((noreturn));

static void poster(struct bulletin *b)
{
	post(b, 1);
	/* qemu-user has none; stopped, it would wait for good. */
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(NO_PTRACE);
	raise(SIGSTOP);
	post(b, 2);
	_exit(0);
}

/* Who sees the number must see what it stands for. */
static void assert_in_order(const struct bulletin *b)
{
	struct bulletin_tables t;
	uint32_t generation;

	bulletin_tables(b, &t);
	if (bulletin_tables_epoch(b) == 2) {
		assert_int_equal(t.guard, 2);
		assert_int_equal(t.windows, 2);
		assert_true(t.undoing);
	}
	if (bulletin_generation(b, 2, &generation))
		assert_int_equal(generation, 2);
}

/* Between any two instructions of the writer, a reader may look. */
static void test_order(void **state)
{
	const struct bulletin_board *b = *state;
	unsigned int steps = 0, before = 0;
	pid_t pid;
	int status;

	assert_int_equal(madvise(b->post, sizeof(*b->post), MADV_DOFORK), 0);
	pid = fork();
	if (pid == 0)
		poster(b->post);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == NO_PTRACE)
		skip();
	while (WIFSTOPPED(status)) {
		assert_in_order(b->view);
		before += bulletin_tables_epoch(b->view) == 1;
		steps++;
		assert_int_equal(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
	}
	assert_int_equal(bulletin_tables_epoch(b->view), 2);
	/* Else nothing was seen on its way. */
	assert_true(before > 1 && steps > before + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_child_cannot_write,
						open_board, close_board),
		cmocka_unit_test_setup_teardown(test_posted_is_seen,
						open_board, close_board),
		cmocka_unit_test_setup_teardown(test_answer_is_for_its_question,
						open_board, close_board),
		cmocka_unit_test_setup_teardown(test_order, open_board,
						close_board),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
