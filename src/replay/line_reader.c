// SPDX-License-Identifier: GPL-2.0-or-later
/* line_reader: the file of --read, piece by piece; a pipe is as good. */
#include "replay/line_reader.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHUNK = 256 << 10 };

int line_reader_open(struct line_reader *in, int fd)
{
	memset(in, 0, sizeof(*in));
	in->fd = fd;
	/* What is not touched costs nothing. */
	in->size = LINE_READER_MAX + CHUNK;
	in->buf = mmap(NULL, in->size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (in->buf == MAP_FAILED) {
		in->buf = NULL;
		return -errno;
	}
	return 0;
}

void line_reader_close(struct line_reader *in)
{
	if (in->buf)
		munmap(in->buf, in->size);
	in->buf = NULL;
}

/* Return: false when nothing more comes. */
static bool fill(struct line_reader *in)
{
	ssize_t n;

	if (in->end || in->error)
		return false;
	/*
	 * The rest of a line or block, and no more than that, goes to the front: what
	 * comes is put into pages that there are already, and is in the caches then.
	 */
	if (in->head) {
		memmove(in->buf, in->buf + in->head, in->tail - in->head);
		in->tail -= in->head;
		in->head = 0;
	}
	do
		n = read(in->fd, in->buf + in->tail,
			 in->size - in->tail < CHUNK ? in->size - in->tail
						     : CHUNK);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		in->error = -errno;
	if (n == 0)
		in->end = true;
	if (n > 0)
		in->tail += (size_t)n;
	return n > 0;
}

const char *line_reader_peek(struct line_reader *in, size_t len)
{
	if (len > LINE_READER_MAX)
		return NULL;
	while (in->tail - in->head < len)
		if (!fill(in))
			return NULL;
	return in->buf + in->head;
}

void line_reader_skip(struct line_reader *in, size_t len)
{
	in->head += len;
	in->offset += len;
	if (in->head == in->tail)
		in->head = in->tail = 0;
}

bool line_reader_line(struct line_reader *in, const char **line, size_t *len)
{
	size_t looked = 0;

	for (;;) {
		const char *at = in->buf + in->head, *end;
		size_t have = in->tail - in->head;
		size_t limit = have < LINE_READER_LINE ? have
						       : LINE_READER_LINE;

		end = limit > looked ? memchr(at + looked, '\n',
					      limit - looked) : NULL;
		if (!end && limit < LINE_READER_LINE) {
			looked = limit;
			if (fill(in))
				continue;
			if (!have)
				return false;
		}
		*line = at;
		*len = end ? (size_t)(end - at) : limit;
		/* The line stays where it is until the next call. */
		in->head += *len + (end ? 1 : 0);
		in->offset += *len + (end ? 1 : 0);
		return true;
	}
}
