// SPDX-License-Identifier: GPL-2.0-or-later
/* helper_job: a helper's own side: its job, and where the result goes. */
#include "rules/base/helper_job.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rules/base/testpoint.h"
#include "rules/base/units.h"

enum { RESULT_FD = 3, LINE_FD = 4 };

void helper_let_go(struct helper_out *out)
{
	if (out->base)
		munmap(out->base, out->reserved);
	out->base = NULL;
	out->reserved = 0;
}

void *helper_reserve(struct helper_out *out, uint64_t size)
{
	char *base;

	helper_let_go(out);
	/* Where addresses have 32 bits a large ruleset's bound may not. */
	if (size > SIZE_MAX / 2) {
		errno = ENOMEM;
		return NULL;
	}
	if (ftruncate(out->fd, 0) < 0 || ftruncate(out->fd, (off_t)size) < 0)
		return NULL;
	base = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED,
		    out->fd, 0);
	if (base == MAP_FAILED)
		return NULL;
	out->base = base;
	out->reserved = (size_t)size;
	out->used = (size_t)size;
	return base;
}

void helper_populate(void *at, size_t len)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t begin = (uintptr_t)at / page * page;

	/* Kernels before 5.14 know nothing of it. */
	madvise((void *)begin, (uintptr_t)at + len - begin,
		MADV_POPULATE_WRITE);
}

int helper_append(struct helper_out *out, const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(out->fd, p, len);

		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
		out->used += (size_t)n;
	}
	return 0;
}

int helper_cut(struct helper_out *out)
{
	helper_let_go(out);
	return ftruncate(out->fd, (off_t)out->used) < 0 ? -errno : 0;
}

/* Where the files of jobs are that are not its turn yet: three each. */
enum { WAITING_FD = LINE_FD + 1, FILES = 3 };

/* The numbers 3 and 4, whatever numbers they have, and 1 and 2 for what is printed. */
static bool place_files(int result_fd, int text_fd, int line)
{
	return dup2(text_fd, STDOUT_FILENO) >= 0 &&
	       dup2(text_fd, STDERR_FILENO) >= 0 &&
	       dup2(result_fd, RESULT_FD) >= 0 &&
	       dup3(line, LINE_FD, O_CLOEXEC) >= 0;
}

/* Away from where any of them shall be. */
static bool lift(struct helper_job *job)
{
	int *fd[FILES] = { &job->result_fd, &job->text_fd, &job->line };
	bool all = true;

	for (int i = 0; i < FILES; i++) {
		*fd[i] = fcntl(*fd[i], F_DUPFD_CLOEXEC,
			       WAITING_FD + FILES * HELPER_JOBS);
		all &= *fd[i] >= 0;
	}
	return all;
}

static bool put(int *fd, int at)
{
	bool ok = dup3(*fd, at, O_CLOEXEC) >= 0;

	*fd = at;
	return ok;
}

/* The first one's at their place, those of the others behind it. */
static bool line_up(struct helper_job *job, unsigned int count)
{
	bool all = true;

	for (unsigned int i = 0; i < count; i++)
		all &= lift(&job[i]);
	for (unsigned int i = 1; i < count && all; i++) {
		int at = WAITING_FD + FILES * (int)(i - 1);

		all = put(&job[i].result_fd, at) && put(&job[i].text_fd, at + 1) &&
		      put(&job[i].line, at + 2);
	}
	return all && place_files(job->result_fd, job->text_fd, job->line);
}

/* Why there is no result, for helper_tell_end(). */
static int broken(void)
{
	fprintf(stderr, "%s\n", strerror(errno));
	return HELPER_BROKEN;
}

bool helper_hold(void)
{
	char word;
	ssize_t n;

	do
		n = read(LINE_FD, &word, 1);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

void helper_tell(const struct helper_out *out, uint64_t number)
{
	/* A parent that is gone ends the job. */
	(void)!send(out->line, &number, sizeof(number), MSG_NOSIGNAL);
}

/*
 * What a terminal sends goes to all who are in its foreground, but it is the
 * parent's to hear; should that end of it, the child does.
 */
static void leave_terminal_signals(void)
{
	static const int signals[] = {
		SIGINT, SIGQUIT, SIGHUP, SIGTSTP, SIGTTIN, SIGTTOU,
	};
	sigset_t none;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		signal(signals[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Return: its status, which the parent has been told. */
static int run(const struct helper_job *job)
{
	struct helper_out out = { .fd = RESULT_FD, .line = LINE_FD };
	int status = job->fn(job->arg, &out);

	if (helper_cut(&out) < 0)
		status = broken();
	fflush(NULL);
	return send(LINE_FD, &status, sizeof(status), MSG_NOSIGNAL) < 0 ?
		HELPER_BROKEN : status;
}

/* The next one's files instead of the last one's, whose line ends by that. */
static void take_turn(struct helper_job *job)
{
	if (!place_files(job->result_fd, job->text_fd, job->line))
		_exit(broken());
	close(job->result_fd);
	close(job->text_fd);
	close(job->line);
}

void helper_job_run(struct helper_job *job, unsigned int count, pid_t parent)
{
	int null, status;

	/* The parent's death must not leave a job behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(99);
	leave_terminal_signals();

	null = open("/dev/null", O_RDWR);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	/* First, so that it is heard why the others have no place. */
	if (dup2(job->text_fd, STDERR_FILENO) < 0 || !line_up(job, count))
		_exit(broken());
	/* Neither the lock nor a pipe may live on in a child. */
	syscall(SYS_close_range, WAITING_FD + FILES * (count - 1), ~0U, 0);
	TESTPOINT("helper-job");

	status = run(job);
	for (unsigned int i = 1; i < count && status != HELPER_BROKEN; i++) {
		take_turn(&job[i]);
		status = run(&job[i]);
	}
	_exit(status);
}
