// SPDX-License-Identifier: GPL-2.0-or-later
/* stream: what one run writes, taken apart into packets and what is beside them. */
#include "several/stream.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 65536, MOST = 16 << 20 };

void stream_open(struct stream *s, int fd)
{
	*s = (struct stream) { .fd = fd };
}

void stream_close(struct stream *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->buf);
	*s = (struct stream) { .fd = -1 };
}

static bool make_room(struct stream *s)
{
	char *more;

	/* With a byte to end it. */
	if (s->size - s->len > ROOM)
		return true;
	if (s->size > MOST)
		return false;
	more = realloc(s->buf, 2 * s->size + 2 * ROOM);
	if (!more)
		return false;
	s->buf = more;
	s->size = 2 * s->size + 2 * ROOM;
	return true;
}

/* Whole lines that stand beside the packets, or at the end what is left of one. */
static char *take_beside(struct stream *s, char *at, char *end, stream_fn *fn,
			 void *arg)
{
	char *last = memrchr(at, '\n', (size_t)(end - at));

	if (s->fd < 0 && end > at)
		last = end - 1;
	if (last)
		fn(arg, NULL, at, (size_t)(last + 1 - at));
	return last ? last + 1 : at;
}

/* Return: what is not complete yet. */
static char *take_apart(struct stream *s, char *at, char *end, stream_fn *fn,
			void *arg)
{
	for (;;) {
		char *mark = memchr(at, FRAME_MARK, (size_t)(end - at));
		char *line = mark ? memchr(mark, '\n', (size_t)(end - mark))
				  : NULL;

		if (!s->framed)
			at = take_beside(s, at, mark ? mark : end, fn, arg);
		if (!line)
			return at;
		*line = '\0';
		if (s->framed && line == mark + 1)
			fn(arg, &s->frame, at, (size_t)(mark - at));
		s->framed = frame_read(&s->frame, mark + 1);
		at = line + 1;
	}
}

int stream_read(struct stream *s, stream_fn *fn, void *arg)
{
	char *rest;
	ssize_t n;

	if (!make_room(s))
		return -ENOMEM;
	do
		n = read(s->fd, s->buf + s->len, s->size - s->len - 1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	if (n == 0) {
		close(s->fd);
		s->fd = -1;
	}
	s->len += (size_t)n;
	rest = take_apart(s, s->buf, s->buf + s->len, fn, arg);
	s->len = (size_t)(s->buf + s->len - rest);
	memmove(s->buf, rest, s->len);
	return n == 0;
}
