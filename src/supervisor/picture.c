// SPDX-License-Identifier: GPL-2.0-or-later
/* picture: has graphviz draw a graph, in a child that may do nothing else. */
#include "supervisor/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/sandbox.h"
#include "rules/base/process.h"
#include "rules/base/units.h"

enum {
	PICTURE_MS = 30000,
	PICTURE_SLICE_MS = 100,
	CPU_SECONDS = 30,
	PICTURE_MAX = 256 << 20,	/* bytes */
};

static const char *const picture_programs[] = {
	"/usr/bin/dot", "/usr/local/bin/dot",
};

const char *picture_program(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(picture_programs); i++)
		if (access(picture_programs[i], X_OK) == 0)
			return picture_programs[i];
	return NULL;
}

/* What is lower already stays. */
static void limit(int what, rlim_t most)
{
	struct rlimit r;

	if (getrlimit(what, &r) == 0 && r.rlim_cur < most)
		most = r.rlim_cur;
	r.rlim_cur = r.rlim_max = most;
	setrlimit(what, &r);
}

/* The supervisor blocks all signals, and has ignored some. */
static void restore_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void draw(const char *program, int dot, int out)
	__attribute__((noreturn));

static void draw(const char *program, int dot, int out)
{
	static const char *const argv[] = { "dot", "-Tsvg", NULL };
	static const char *const env[] = {
		"PATH=/usr/bin:/bin", "LC_ALL=C", NULL,
	};
	char what[128];
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null < 0 || dup2(dot, STDIN_FILENO) < 0 ||
	    dup2(out, STDOUT_FILENO) < 0 || dup2(null, STDERR_FILENO) < 0)
		_exit(126);
	syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
	limit(RLIMIT_CPU, CPU_SECONDS);
	limit(RLIMIT_FSIZE, PICTURE_MAX);
	limit(RLIMIT_CORE, 0);
	restore_signals();
	/* A change of the user takes PDEATHSIG back. */
	if (sandbox_give_up(what, sizeof(what)) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		_exit(126);
	/* Under ASan this process has more already, and graphviz will not. */
	limit(RLIMIT_DATA, (rlim_t)MEMORY_MIB << 20);
	execve(program, (char *const *)argv, (char *const *)env);
	_exit(127);
}

/* The supervisor hears of no signal while it waits here. */
static bool is_interrupted(void)
{
	sigset_t set;

	return sigpending(&set) == 0 &&
	       (sigismember(&set, SIGINT) == 1 || sigismember(&set, SIGTERM) == 1 ||
		sigismember(&set, SIGHUP) == 1);
}

static int await(pid_t pid)
{
	int status, left = PICTURE_MS;

	while (!process_wait(pid, PICTURE_SLICE_MS, &status)) {
		left -= PICTURE_SLICE_MS;
		if (left > 0 && !is_interrupted())
			continue;
		process_end(pid, &status);
		return left > 0 ? -EINTR : -ETIMEDOUT;
	}
	return status ? -EPROTO : 0;
}

static int copy(int from, int to)
{
	struct stat st;
	off_t at = 0;

	if (fstat(from, &st) < 0 || lseek(to, 0, SEEK_SET) < 0 ||
	    ftruncate(to, 0) < 0)
		return -errno;
	if (!st.st_size)
		return -EPROTO;
	while (at < st.st_size) {
		ssize_t n = sendfile(to, from, &at, (size_t)(st.st_size - at));

		if (n == 0)
			return -EIO;
		if (n < 0 && errno != EINTR)
			return -errno;
	}
	return 0;
}

int picture_draw(int dot, int to)
{
	const char *program = picture_program();
	int out, err;
	pid_t pid;

	if (!program)
		return -ENOENT;
	out = memfd_create("nftrace-picture", MFD_CLOEXEC);
	if (out < 0 || lseek(dot, 0, SEEK_SET) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		draw(program, dot, out);
	err = pid < 0 ? -errno : await(pid);
	if (!err)
		err = copy(out, to);
	close(out);
	return err;
}
