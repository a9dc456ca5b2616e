/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line_reader: the file of --read, piece by piece; a pipe is as good. */
#ifndef NFTRACE_LINE_READER_H
#define NFTRACE_LINE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line_reader {
	int fd;			/* borrowed; -1: all of it is in .buf */
	char *buf;
	size_t size, head, tail;	/* unread: [head, tail) */
	uint64_t offset;	/* of head in the file */
	int error;		/* -errno of a read */
	bool end;		/* no more to come from fd */
};

/** line_reader_open - 0 or -errno */
int line_reader_open(struct line_reader *in, int fd);

/** line_reader_close - its memory; the descriptor is the caller's; idempotent */
void line_reader_close(struct line_reader *in);

/**
 * line_reader_peek - the next @len bytes, without passing over them
 * Return: valid until the next call; NULL: there are not so many.
 */
const char *line_reader_peek(struct line_reader *in, size_t len);

/** line_reader_skip - pass over @len bytes that line_reader_peek() has shown */
void line_reader_skip(struct line_reader *in, size_t len);

/**
 * line_reader_line - the next line, without its end
 * A line that is longer than LINE_READER_LINE comes in pieces of that length.
 * Return: false at the end of the file.
 */
bool line_reader_line(struct line_reader *in, const char **line, size_t *len);

enum { LINE_READER_LINE = 64 << 10, LINE_READER_MAX = 32 << 20 };

#endif
