// SPDX-License-Identifier: GPL-2.0-or-later
/* helper: runs one job in a short-lived child, which hands back shared memory. */
#include "helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RESULT_FD = 3, DONE_FD = 4 };

/*
 * Who has handed its result back and has only to go: its memory takes as long to
 * give back as it took to get, and nobody needs to wait for that.
 */
enum { LEAVING = 8 };
static pid_t leaving[LEAVING];

void *helper_reserve(struct helper_out *out, size_t size)
{
	char *base;

	if (ftruncate(out->fd, (off_t)size) < 0)
		return NULL;
	base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, out->fd, 0);
	if (base == MAP_FAILED)
		return NULL;
	out->base = base;
	out->reserved = size;
	out->used = size;
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

/* The file ends where the result ends, and no mapping reaches beyond it. */
static int cut_result(struct helper_out *out)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t end = (out->used + page - 1) / page * page;

	if (out->reserved > end)
		munmap(out->base + end, out->reserved - end);
	return ftruncate(out->fd, (off_t)out->used);
}

/* The numbers 3 and 4, whatever numbers they have. */
static void place_files(int result_fd, int done_fd)
{
	int result = fcntl(result_fd, F_DUPFD, DONE_FD + 1);
	int done = fcntl(done_fd, F_DUPFD, DONE_FD + 1);

	dup2(result, RESULT_FD);
	dup3(done, DONE_FD, O_CLOEXEC);
}

static void child_run(helper_fn *fn, const void *arg, const struct helper *h,
		      pid_t parent) __attribute__((noreturn));

static void child_run(helper_fn *fn, const void *arg, const struct helper *h,
		      pid_t parent)
{
	struct helper_out out = { .fd = RESULT_FD };
	sigset_t none;
	int null, status;

	/* The parent's death must not leave a job behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(99);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);

	null = open("/dev/null", O_RDWR);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(h->text_fd, STDOUT_FILENO);
	dup2(h->text_fd, STDERR_FILENO);
	place_files(h->result_fd, h->done_fd);
	/* Neither the lock nor a pipe may live on in a child. */
	syscall(SYS_close_range, DONE_FD + 1, ~0U, 0);

	status = fn(arg, &out);
	if (cut_result(&out) < 0)
		status = 98;
	fflush(NULL);
	if (eventfd_write(DONE_FD, (eventfd_t)status + 1) < 0)
		status = 98;
	_exit(status);
}

static void remember(pid_t pid)
{
	for (int i = 0; i < LEAVING; i++) {
		if (leaving[i] == 0) {
			leaving[i] = pid;
			return;
		}
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void helper_collect(bool wait)
{
	for (int i = 0; i < LEAVING; i++) {
		pid_t gone;

		if (leaving[i] == 0)
			continue;
		do
			gone = waitpid(leaving[i], NULL, wait ? 0 : WNOHANG);
		while (gone < 0 && errno == EINTR);
		if (gone)
			leaving[i] = 0;
	}
}

static void close_files(struct helper *h)
{
	int *fds[] = { &h->result_fd, &h->text_fd, &h->done_fd };

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

static int open_files(struct helper *h)
{
	h->text_fd = h->done_fd = -1;
	h->result_fd = memfd_create("nftrace-result",
				     MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (h->result_fd >= 0)
		h->text_fd = memfd_create("nftrace-text", MFD_CLOEXEC);
	if (h->text_fd >= 0)
		h->done_fd = eventfd(0, EFD_CLOEXEC);
	if (h->done_fd < 0)
		return -errno;
	fcntl(h->text_fd, F_SETFL, O_APPEND);
	return 0;
}

int helper_start(struct helper *h, helper_fn *fn, const void *arg)
{
	pid_t parent = getpid();
	int err = open_files(h);

	helper_collect(false);
	/* What is buffered here must not be written a second time there. */
	fflush(NULL);
	h->pid = err ? -1 : fork();
	if (h->pid == 0)
		child_run(fn, arg, h, parent);
	if (h->pid < 0) {
		err = err ? err : -errno;
		close_files(h);
	}
	return err;
}

/*
 * Until it is done or gone.
 * Return: its exit status as a shell would give it, or -1 after the timeout.
 */
static int await(const struct helper *h, int timeout_ms)
{
	struct pollfd pfd[] = {
		{ .fd = h->done_fd, .events = POLLIN },
		{ .events = POLLIN },
	};
	int wstatus, n;
	eventfd_t done;

	pfd[1].fd = (int)syscall(SYS_pidfd_open, h->pid, 0);
	do
		n = poll(pfd, 2, pfd[1].fd < 0 ? 0 : timeout_ms);
	while (n < 0 && errno == EINTR);
	if (pfd[1].fd >= 0)
		close(pfd[1].fd);
	if (n > 0 && pfd[0].revents && eventfd_read(h->done_fd, &done) == 0) {
		remember(h->pid);
		return (int)done - 1;
	}
	if (n == 0 && pfd[1].fd >= 0)
		kill(h->pid, SIGKILL);
	while (waitpid(h->pid, &wstatus, 0) < 0)
		if (errno != EINTR)
			return -1;
	if (n == 0 && pfd[1].fd >= 0)
		return -1;
	return WIFEXITED(wstatus) ? WEXITSTATUS(wstatus)
				  : 128 + WTERMSIG(wstatus);
}

static char *read_text(int fd)
{
	struct stat st;
	char *text;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return NULL;
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return NULL;
	n = pread(fd, text, (size_t)st.st_size, 0);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

/*
 * Mapped read-only is not enough: who has the mapping could make it writable
 * (mprotect), and the reader shares it with the supervisor.
 */
static void *map_result(int fd, size_t len)
{
	void *data;

	if (fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK |
		  F_SEAL_GROW) < 0)
		return NULL;
	data = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0);
	return data == MAP_FAILED ? NULL : data;
}

int helper_finish_fd(struct helper *h, int timeout_ms,
		     struct helper_result *res, int *fd)
{
	struct stat st;
	void *data;
	int err = 0;

	memset(res, 0, sizeof(*res));
	res->status = await(h, timeout_ms);
	if (fstat(h->result_fd, &st) < 0) {
		err = -errno;
	} else if (st.st_size > 0) {
		data = map_result(h->result_fd, (size_t)st.st_size);
		if (!data) {
			err = -errno;
		} else {
			res->data = data;
			res->len = (size_t)st.st_size;
		}
	}
	res->text = read_text(h->text_fd);
	h->pid = -1;
	*fd = -1;
	if (!err && res->text) {
		*fd = h->result_fd;
		h->result_fd = -1;
	}
	close_files(h);
	if (*fd >= 0)
		return 0;
	helper_release(res);
	return err ? err : -ENOMEM;
}

int helper_finish(struct helper *h, int timeout_ms, struct helper_result *res)
{
	int fd, err = helper_finish_fd(h, timeout_ms, res, &fd);

	if (!err)
		close(fd);
	return err;
}

int helper_run(helper_fn *fn, const void *arg, int timeout_ms,
	       struct helper_result *res)
{
	struct helper h;
	int err = helper_start(&h, fn, arg);

	return err ? err : helper_finish(&h, timeout_ms, res);
}

void helper_release(struct helper_result *res)
{
	if (res->data)
		munmap((void *)res->data, res->len);
	free(res->text);
	memset(res, 0, sizeof(*res));
}
