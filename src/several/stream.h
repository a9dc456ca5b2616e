/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream: what one run writes, taken apart into packets and what is beside them. */
#ifndef NFTRACE_STREAM_H
#define NFTRACE_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "report/frame.h"

struct stream {
	int fd;			/* a pipe; -1: over */
	char *buf;
	size_t len, size;
	bool framed;		/* within .frame */
	struct frame frame;
};

/* @f: NULL: no packet's; the text is borrowed. */
typedef void stream_fn(void *arg, const struct frame *f, const char *text,
		       size_t len);

/** stream_open - @fd is the stream's from now on */
void stream_open(struct stream *s, int fd);
void stream_close(struct stream *s);

/**
 * stream_read - read once, and tell what is complete
 * Return: 0; -errno; 1: it is over, and all has been told.
 */
int stream_read(struct stream *s, stream_fn *fn, void *arg);

#endif
