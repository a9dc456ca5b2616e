// SPDX-License-Identifier: GPL-2.0-or-later
/* out: one buffer in front of stdout that never makes the writer wait. */
#include "base/out.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/format.h"

enum { SIZE = 4 << 20, WORTH = 64 << 10, LINE = 2048 };

static bool is_pipe(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

void out_take_pipe(int fd)
{
	char path[64];
	int own;

	if (!is_pipe(fd))
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	own = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (own < 0)
		return;
	dup3(own, fd, O_CLOEXEC);
	close(own);
}

static bool never_waits(int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return true;
	return is_pipe(fd) && fcntl(fd, F_GETFL) & O_NONBLOCK;
}

int out_open(struct out *o, int fd)
{
	memset(o, 0, sizeof(*o));
	o->size = SIZE;
	o->no_wait = true;
	o->at_once = never_waits(fd);
	o->fd = fd;
	o->buf = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (o->buf == MAP_FAILED) {
		o->buf = NULL;
		return -errno;
	}
	return 0;
}

void out_close(struct out *o)
{
	if (o->buf)
		munmap(o->buf, o->size);
	o->buf = NULL;
}

void out_begin(struct out *o)
{
	o->mark = o->tail;
	o->overflow = false;
}

bool out_end(struct out *o)
{
	o->overflow |= o->limit && o->total + out_written(o) > o->limit;
	if (o->overflow)
		o->tail = o->mark;
	o->total += out_written(o);
	return !o->overflow;
}

char *out_make_room(struct out *o, size_t len)
{
	if (o->size - o->tail < len && o->head) {
		/* What is pending moves to the front. */
		memmove(o->buf, o->buf + o->head, o->tail - o->head);
		o->mark -= o->head < o->mark ? o->head : o->mark;
		o->tail -= o->head;
		o->head = 0;
	}
	if (o->size - o->tail < len) {
		o->overflow = true;
		return NULL;
	}
	return o->buf + o->tail;
}

void out_number(struct out *o, uint64_t n)
{
	char *to = out_room(o, FORMAT_DECIMAL);

	if (to)
		o->tail = (size_t)(format_decimal(to, n) - o->buf);
}

void out_printf(struct out *o, const char *fmt, ...)
{
	char *to = out_room(o, LINE);
	va_list ap;

	if (!to)
		return;
	va_start(ap, fmt);
	o->tail += format_text_v(to, LINE, fmt, ap);
	va_end(ap);
}

bool out_full(const struct out *o)
{
	return out_pending(o) >= WORTH;
}

/*
 * A write that does not wait.  Where the kernel has no such thing for this
 * file, poll() promises room for PIPE_BUF bytes.
 */
static ssize_t write_some(struct out *o)
{
	struct iovec iov = { o->buf + o->head, out_pending(o) };
	struct pollfd pfd = { .fd = o->fd, .events = POLLOUT };
	ssize_t n;

	if (o->at_once)
		return write(o->fd, iov.iov_base, iov.iov_len);
	if (o->no_wait) {
		n = pwritev2(o->fd, &iov, 1, -1, RWF_NOWAIT);
		if (n >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS &&
			       errno != EINVAL))
			return n;
		o->no_wait = false;
	}
	if (poll(&pfd, 1, 0) < 1) {
		errno = EAGAIN;
		return -1;
	}
	if (iov.iov_len > PIPE_BUF)
		iov.iov_len = PIPE_BUF;
	return write(o->fd, iov.iov_base, iov.iov_len);
}

int out_flush(struct out *o)
{
	while (out_pending(o) && !o->error) {
		ssize_t n = write_some(o);

		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			o->error = -errno;
		else
			o->head += (size_t)n;
	}
	if (o->error)
		o->head = o->tail;
	if (o->head == o->tail)
		o->head = o->tail = 0;
	return o->error;
}

int out_drain(struct out *o)
{
	struct pollfd pfd = { .fd = o->fd, .events = POLLOUT };

	while (out_flush(o) == 0 && out_pending(o))
		if (poll(&pfd, 1, -1) < 0 && errno != EINTR)
			return -errno;
	return o->error;
}
