/* SPDX-License-Identifier: GPL-2.0-or-later */
/* out: one buffer in front of stdout that never makes the writer wait. */
#ifndef NFTRACE_OUT_H
#define NFTRACE_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct out {
	int fd;
	char *buf;
	size_t size, head, tail;	/* pending: [head, tail) */
	size_t mark;			/* start of the record being written */
	uint64_t limit, total;		/* bytes of records; 0: no limit */
	bool overflow;			/* the record did not fit */
	bool at_once;			/* write() never waits for a reader */
	bool no_wait;			/* pwritev2(RWF_NOWAIT) works here */
	int error;			/* -errno of a write: nobody reads */
};

/**
 * out_take_pipe - before out_open(), while files can be opened: if it is a pipe
 *
 * One with a name knows no RWF_NOWAIT, and O_NONBLOCK on what others hold as well
 * would be theirs, too: so @fd becomes a description of this process's own.
 */
void out_take_pipe(int fd);

/** out_open - @fd is borrowed; 0 or -errno */
int out_open(struct out *o, int fd);
void out_close(struct out *o);

/** out_begin, out_end - a record goes out whole or not at all; end: did it fit? */
void out_begin(struct out *o);
bool out_end(struct out *o);

/** out_room - a place for up to @len bytes, NULL: none; out_advance() uses them */
char *out_make_room(struct out *o, size_t len);

static inline char *out_room(struct out *o, size_t len)
{
	return o->size - o->tail >= len ? o->buf + o->tail
					: out_make_room(o, len);
}

static inline void out_advance(struct out *o, size_t len)
{
	o->tail += len;
}

/* Inline, so that a text that is written in the source is copied by its length. */
static inline void out_bytes(struct out *o, const char *bytes, size_t len)
{
	char *to = out_room(o, len);

	if (!to)
		return;
	memcpy(to, bytes, len);
	o->tail += len;
}

static inline void out_text(struct out *o, const char *text)
{
	out_bytes(o, text, strlen(text));
}

/** out_number - in decimal */
void out_number(struct out *o, uint64_t n);
void out_printf(struct out *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** out_written - bytes of the record under way so far */
static inline size_t out_written(const struct out *o)
{
	return o->tail - o->mark;
}

/** out_record - the record under way from byte @at on; NULL: it did not fit */
static inline char *out_record(struct out *o, size_t at)
{
	return o->overflow ? NULL : o->buf + o->mark + at;
}

static inline size_t out_pending(const struct out *o)
{
	return o->tail - o->head;
}

/** out_full - enough is pending to be worth a write */
bool out_full(const struct out *o);

/**
 * out_flush - write as much as can be written without waiting
 * Return: 0, or -errno for good (-EPIPE: nobody reads any more).
 */
int out_flush(struct out *o);

/** out_drain - write all, waiting as long as it takes; 0 or -errno */
int out_drain(struct out *o);

#endif
