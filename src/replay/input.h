/* SPDX-License-Identifier: GPL-2.0-or-later */
/* input: the file of --read, piece by piece; a pipe is as good. */
#ifndef NFTRACE_INPUT_H
#define NFTRACE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input {
	int fd;			/* borrowed; -1: all of it is in .buf */
	char *buf;
	size_t size, head, tail;	/* unread: [head, tail) */
	uint64_t offset;	/* of head in the file */
	int error;		/* -errno of a read */
	bool end;		/* no more to come from fd */
};

/** input_open - 0 or -errno */
int input_open(struct input *in, int fd);
void input_close(struct input *in);

/**
 * input_peek - the next @len bytes, without passing over them
 * Return: valid until the next call; NULL: there are not so many.
 */
const char *input_peek(struct input *in, size_t len);
void input_skip(struct input *in, size_t len);

/**
 * input_line - the next line, without its end
 * A line that is longer than INPUT_LINE comes in pieces of that length.
 * Return: false at the end of the file.
 */
bool input_line(struct input *in, const char **line, size_t *len);

enum { INPUT_LINE = 64 << 10, INPUT_MAX = 32 << 20 };

#endif
