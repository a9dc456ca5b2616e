// SPDX-License-Identifier: GPL-2.0-or-later
/* helper: runs one job in a short-lived child, which hands back shared memory. */
#include "rules/base/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/base/clock.h"
#include "rules/base/ended.h"
#include "rules/base/process.h"
#include "rules/base/units.h"

/* Of what a library prints, more is no message. */
enum { TEXT_MAX = 1 << 20 };

/* As a shell has it: a status above is a signal's. */
enum { SIGNALLED = 128 };

enum {
	HELPER_SLICE_MS = 200,		/* so often it is looked whether one is stopped */
	LEAVE_MS = 5000,	/* for one that has only to go */
	JOB_MS = 120000,	/* for the largest rules on the slowest machine */
};

/*
 * Who has handed its result back and has only to go: its memory takes as long to
 * give back as it took to get, and nobody needs to wait for that.
 */
enum { LEAVING = 8 };
static pid_t leaving[LEAVING];

static void remember(pid_t pid)
{
	for (int i = 0; i < LEAVING; i++) {
		if (leaving[i] == 0) {
			leaving[i] = pid;
			return;
		}
	}
	process_finish(pid, LEAVE_MS, NULL);
}

void helper_collect(bool wait)
{
	for (int i = 0; i < LEAVING; i++) {
		if (leaving[i] == 0)
			continue;
		if (wait)
			process_finish(leaving[i], LEAVE_MS, NULL);
		if (wait || process_wait(leaving[i], 0, NULL))
			leaving[i] = 0;
	}
}

static void close_files(struct helper *h)
{
	int *fds[] = { &h->result_fd, &h->text_fd, &h->line };

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		if (*fds[i] >= 0)
			close(*fds[i]);
		*fds[i] = -1;
	}
}

static int open_result(void)
{
	return memfd_create("nftrace-result", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

/* @job: gets the child's ends */
static int open_files(struct helper *h, struct helper_job *job)
{
	int pair[2];

	*h = (struct helper){ .pid = -1, .text_fd = -1, .line = -1 };
	h->result_fd = open_result();
	if (h->result_fd >= 0)
		h->text_fd = memfd_create("nftrace-text", MFD_CLOEXEC);
	if (h->text_fd < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	fcntl(h->text_fd, F_SETFL, O_APPEND);
	h->line = pair[0];
	job->result_fd = h->result_fd;
	job->text_fd = h->text_fd;
	job->line = pair[1];
	return 0;
}

static int start(struct helper *const h[], struct helper_job *job,
		 unsigned int count)
{
	pid_t parent = getpid(), pid = -1;
	unsigned int opened = 0;
	int err = 0;

	for (; opened < count && !err; opened++) {
		job[opened].line = -1;
		err = open_files(h[opened], &job[opened]);
	}
	helper_collect(false);
	/* What is buffered here must not be written a second time there. */
	fflush(NULL);
	if (!err)
		pid = fork();
	if (pid == 0)
		helper_job_run(job, count, parent);
	if (!err && pid < 0)
		err = -errno;
	for (unsigned int i = 0; i < opened; i++) {
		h[i]->pid = pid;
		h[i]->next = i + 1 < count ? h[i + 1] : NULL;
		if (err)
			close_files(h[i]);
		if (job[i].line >= 0)
			close(job[i].line);
	}
	return err;
}

int helper_start_then(struct helper *h, helper_fn *fn, const void *arg,
		      const struct helper_then *then)
{
	struct helper *both[HELPER_JOBS] = { h, then ? then->h : NULL };
	struct helper_job job[HELPER_JOBS] = { { .fn = fn, .arg = arg } };

	if (then)
		job[1] = (struct helper_job){ .fn = then->fn, .arg = then->arg };
	return start(both, job, then ? 2 : 1);
}

int helper_start(struct helper *h, helper_fn *fn, const void *arg)
{
	return helper_start_then(h, fn, arg, NULL);
}

/* With the child its next job is gone. */
static void forget(struct helper *h)
{
	if (h->next) {
		h->next->pid = -1;
		close_files(h->next);
		h->next = NULL;
	}
}

int helper_go(const struct helper *h)
{
	return send(h->line, "", 1, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void helper_cancel(struct helper *h)
{
	forget(h);
	process_kill(h->pid, SIGKILL);
	remember(h->pid);
	h->pid = -1;
	close_files(h);
}

/* Whoever stops it meant another. */
static void wake(const struct helper *h)
{
	if (process_child_is_stopped(h->pid))
		process_kill(h->pid, SIGCONT);
}

/*
 * Until it has something to say, or is gone.
 * Return: false after the timeout.
 */
static bool wait_for_word(const struct helper *h, int timeout_ms)
{
	struct pollfd pfd = { .fd = h->line, .events = POLLIN };
	uint64_t now = clock_monotonic_ns();
	const uint64_t end = now + (uint64_t)timeout_ms * NS_PER_MS;

	while (now < end) {
		uint64_t left = (end - now) / NS_PER_MS + 1;

		if (poll(&pfd, 1, left < HELPER_SLICE_MS ? (int)left : HELPER_SLICE_MS) > 0)
			return true;
		wake(h);
		now = clock_monotonic_ns();
	}
	return false;
}

bool helper_heard(const struct helper *h, int timeout_ms, uint64_t *number)
{
	/* A status is shorter, and stays for helper_finish(). */
	if (!wait_for_word(h, timeout_ms) ||
	    recv(h->line, number, sizeof(*number), MSG_PEEK | MSG_DONTWAIT) !=
		    sizeof(*number))
		return false;
	return recv(h->line, number, sizeof(*number), MSG_DONTWAIT) ==
	       sizeof(*number);
}

bool helper_await(const struct helper *h, int timeout_ms)
{
	return wait_for_word(h, timeout_ms);
}

bool helper_is_done(const struct helper *h)
{
	struct pollfd pfd = { .fd = h->line, .events = POLLIN };

	if (poll(&pfd, 1, 0) > 0)
		return true;
	wake(h);
	return false;
}

/*
 * A number that nobody has heard lies in front of the status.
 * @in_time: false: it was silent until the timeout
 * Return: false: that, or it has ended without a status.
 */
static bool await_status(const struct helper *h, int timeout_ms, int *status,
			 bool *in_time)
{
	uint64_t word;
	ssize_t n;

	do {
		*in_time = wait_for_word(h, timeout_ms);
		n = !*in_time ? -1 :
		    recv(h->line, &word, sizeof(word), MSG_DONTWAIT);
	} while (n == sizeof(word));
	if (n != sizeof(*status))
		return false;
	memcpy(status, &word, sizeof(*status));
	return true;
}

/*
 * Until it is done or, when a library has ended it, gone.
 * Return: its exit status as a shell would give it, or -1 after the timeout.
 */
static int await_helper(struct helper *h, int timeout_ms)
{
	int status = 0;
	bool in_time;

	if (await_status(h, timeout_ms, &status, &in_time)) {
		if (!h->next)
			remember(h->pid);
		return status;
	}
	forget(h);
	if (!in_time) {
		process_end(h->pid, NULL);
		return -1;
	}
	if (!process_finish(h->pid, LEAVE_MS, &status))
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : SIGNALLED + WTERMSIG(status);
}

static char *read_text(int fd)
{
	struct stat st;
	size_t len;
	char *text;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return NULL;
	len = st.st_size < TEXT_MAX ? (size_t)st.st_size : TEXT_MAX;
	text = malloc(len + 1);
	if (!text)
		return NULL;
	n = pread(fd, text, len, 0);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* How a result is mapped: nobody can write it from then on. */
struct sealing {
	int seal;	/* F_SEAL_* */
	int flags;	/* of mmap(2) */
};

/*
 * Mapped read-only is not enough: who has the mapping could make it writable
 * (mprotect), and the reader shares it with the supervisor.
 */
static const struct sealing shared_sealing = { F_SEAL_FUTURE_WRITE, MAP_SHARED };

/*
 * The same when the child's own mapping is gone: if it is not, the kernel
 * refuses.  Before Linux 6.7 what is sealed like this cannot be mapped shared;
 * private is the same, as nobody writes.
 */
static const struct sealing final = { F_SEAL_WRITE, MAP_PRIVATE };

/* @len: 0: there is none, and nothing is mapped.  Return: 0 or -errno. */
static int map_result(struct helper_result *res, int fd, size_t len, const struct sealing *s)
{
	void *data;

	if (!len)
		return 0;
	if (fcntl(fd, F_ADD_SEALS, s->seal | F_SEAL_SHRINK | F_SEAL_GROW) < 0)
		return -errno;
	data = mmap(NULL, len, PROT_READ, s->flags, fd, 0);
	if (data == MAP_FAILED)
		return -errno;
	res->data = data;
	res->len = len;
	return 0;
}

/* @fd: what is mapped, as @s says; -1 after an error. */
static int finish(struct helper *h, int timeout_ms,
		  const struct sealing *s, struct helper_result *res, int *fd)
{
	struct stat st;
	int err;

	memset(res, 0, sizeof(*res));
	res->status = await_helper(h, timeout_ms);
	err = fstat(h->result_fd, &st) < 0 ? -errno :
		map_result(res, h->result_fd, (size_t)st.st_size, s);
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
	int fd, err = finish(h, timeout_ms, &shared_sealing, res, &fd);

	if (!err)
		close(fd);
	return err;
}

/* Of a job that ends with 0 or an errno. */
static int job_error(const struct helper_result *res)
{
	if (res->status == 0 && res->data)
		return 0;
	if (res->status < 0)
		return -ETIMEDOUT;
	if (res->status > SIGNALLED)
		return ended_by(res->status - SIGNALLED);
	return res->status > 0 && res->status < HELPER_BROKEN ? -res->status
							  : -EIO;
}

int helper_status(int err)
{
	return -err < HELPER_BROKEN ? -err : EIO;
}

/* @fd: gets what was mapped; NULL, or after an error: it is closed */
static void hand_out(int *fd, int mapped, int err)
{
	if (fd)
		*fd = err ? -1 : mapped;
	if (mapped >= 0 && (err || !fd))
		close(mapped);
}

int helper_finish_data(struct helper *h, struct helper_result *res, int *fd)
{
	int kept, err = finish(h, JOB_MS, &shared_sealing, res, &kept);

	if (!err)
		err = job_error(res);
	hand_out(fd, kept, err);
	return err;
}

int helper_finish_final(struct helper *h, struct helper_result *res)
{
	pid_t pid = h->pid;
	int fd, err = finish(h, JOB_MS, &final, res, &fd);

	if (!err)
		err = job_error(res);
	if (fd >= 0)
		close(fd);
	/* Waited for, and perhaps with no mind to go. */
	for (int i = 0; i < LEAVING; i++)
		if (leaving[i] == pid)
			process_kill(pid, SIGKILL);
	return err;
}

int helper_run(helper_fn *fn, const void *arg, int timeout_ms,
	       struct helper_result *res)
{
	struct helper h;
	int err = helper_start(&h, fn, arg);

	return err ? err : helper_finish(&h, timeout_ms, res);
}

int helper_run_here(helper_fn *fn, const void *arg, struct helper_result *res,
		    int *fd)
{
	struct helper_out out = { .fd = open_result(), .line = -1 };
	int err;

	memset(res, 0, sizeof(*res));
	if (out.fd < 0)
		return -errno;
	res->status = fn(arg, &out);
	err = helper_cut(&out);
	if (!err)
		err = map_result(res, out.fd, out.used, &shared_sealing);
	if (!err)
		err = job_error(res);
	hand_out(fd, out.fd, err);
	return err;
}

void helper_tell_end(char *buf, size_t size, const struct helper_result *res)
{
	const char *words = res->text ? res->text : "";
	int len = (int)strcspn(words, "\n"), sig = res->status - SIGNALLED;

	if (ended_from_outside(sig))
		ended_tell(buf, size, ended_by(sig));
	else if (sig > 0)
		snprintf(buf, size, "a library ended the process (%s)%s%.*s",
			 strsignal(sig), len ? ": " : "", len, words);
	else if (res->status == HELPER_BROKEN)
		snprintf(buf, size, "the helper could not leave its result%s"
			 "%.*s", len ? ": " : "", len, words);
	else
		snprintf(buf, size, "a library ended the process (status %d)"
			 "%s%.*s", res->status, len ? ": " : "", len, words);
}

void helper_release(struct helper_result *res)
{
	if (res->data)
		munmap((void *)res->data, res->len);
	free(res->text);
	memset(res, 0, sizeof(*res));
}
