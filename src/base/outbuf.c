// SPDX-License-Identifier: GPL-2.0-or-later
/* outbuf: one buffer in front of stdout that never makes the writer wait. */
#include "base/outbuf.h"

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

enum { SIZE = 4 << 20, LINE = 2048 };

static bool is_pipe(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

void outbuf_take_pipe(int fd)
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

int outbuf_open(struct outbuf *o, int fd)
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

void outbuf_close(struct outbuf *o)
{
	if (o->buf)
		munmap(o->buf, o->size);
	o->buf = NULL;
}

char *outbuf_make_room(struct outbuf *o, size_t len)
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

void outbuf_number(struct outbuf *o, uint64_t n)
{
	char *to = outbuf_room(o, FORMAT_DECIMAL);

	if (to)
		o->tail = (size_t)(format_decimal(to, n) - o->buf);
}

void outbuf_printf(struct outbuf *o, const char *fmt, ...)
{
	char *to = outbuf_room(o, LINE);
	va_list ap;

	if (!to)
		return;
	va_start(ap, fmt);
	o->tail += format_text_v(to, LINE, fmt, ap);
	va_end(ap);
}

char *outbuf_replace(struct outbuf *o, size_t at, size_t old, size_t len)
{
	char *from;

	if (len > old && !outbuf_room(o, len - old))
		return NULL;
	from = outbuf_record(o, at);
	if (!from)
		return NULL;
	memmove(from + len, from + old, outbuf_written(o) - at - old);
	o->tail = o->tail - old + len;
	return from;
}

/*
 * A write that does not wait.  Where the kernel has no such thing for this
 * file, poll() promises room for PIPE_BUF bytes.
 */
static ssize_t write_some(struct outbuf *o)
{
	struct iovec iov = { o->buf + o->head, outbuf_pending(o) };
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

int outbuf_flush(struct outbuf *o)
{
	while (outbuf_pending(o) && !o->error) {
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

int outbuf_drain(struct outbuf *o)
{
	struct pollfd pfd = { .fd = o->fd, .events = POLLOUT };

	while (outbuf_flush(o) == 0 && outbuf_pending(o))
		if (poll(&pfd, 1, -1) < 0 && errno != EINTR)
			return -errno;
	return o->error;
}
