/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outbuf: one buffer in front of stdout that never makes the writer wait. */
#ifndef NFTRACE_OUTBUF_H
#define NFTRACE_OUTBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct outbuf {
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
 * outbuf_take_pipe - before outbuf_open(), while files can be opened: if it is a pipe
 *
 * One with a name knows no RWF_NOWAIT, and O_NONBLOCK on what others hold as well
 * would be theirs, too: so @fd becomes a description of this process's own.
 */
void outbuf_take_pipe(int fd);

/** outbuf_open - @fd is borrowed; 0 or -errno */
int outbuf_open(struct outbuf *o, int fd);

/** outbuf_close - free the buffer; what is pending is lost, see outbuf_drain() */
void outbuf_close(struct outbuf *o);

/** outbuf_room - a place for up to @len bytes, NULL: none; outbuf_advance() uses them */
char *outbuf_make_room(struct outbuf *o, size_t len);

static inline char *outbuf_room(struct outbuf *o, size_t len)
{
	return o->size - o->tail >= len ? o->buf + o->tail
					: outbuf_make_room(o, len);
}

static inline void outbuf_advance(struct outbuf *o, size_t len)
{
	o->tail += len;
}

/* Inline, so that a text that is written in the source is copied by its length. */
static inline void outbuf_bytes(struct outbuf *o, const char *bytes, size_t len)
{
	char *to = outbuf_room(o, len);

	if (!to)
		return;
	memcpy(to, bytes, len);
	o->tail += len;
}

static inline void outbuf_text(struct outbuf *o, const char *text)
{
	outbuf_bytes(o, text, strlen(text));
}

/** outbuf_number - in decimal */
void outbuf_number(struct outbuf *o, uint64_t n);

/** outbuf_printf - by format_text(); what does not fit is an error of @o */
void outbuf_printf(struct outbuf *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** outbuf_written - bytes of the record under way so far */
static inline size_t outbuf_written(const struct outbuf *o)
{
	return o->tail - o->mark;
}

/** outbuf_begin, outbuf_end - a record goes out whole or not at all; end: did it fit? */
static inline void outbuf_begin(struct outbuf *o)
{
	o->mark = o->tail;
	o->overflow = false;
}

static inline bool outbuf_end(struct outbuf *o)
{
	o->overflow |= o->limit && o->total + outbuf_written(o) > o->limit;
	if (o->overflow)
		o->tail = o->mark;
	o->total += outbuf_written(o);
	return !o->overflow;
}

/** outbuf_cut - nothing of the record under way was written behind byte @at */
static inline void outbuf_cut(struct outbuf *o, size_t at)
{
	o->tail = o->mark + at;
}

/** outbuf_record - the record under way from byte @at on; NULL: it did not fit */
static inline char *outbuf_record(struct outbuf *o, size_t at)
{
	return o->overflow ? NULL : o->buf + o->mark + at;
}

/**
 * outbuf_replace - @old bytes of the record under way, from byte @at on, become @len others
 * Return: where these go; NULL: there is no room, and the record has overflowed.
 */
char *outbuf_replace(struct outbuf *o, size_t at, size_t old, size_t len);

static inline size_t outbuf_pending(const struct outbuf *o)
{
	return o->tail - o->head;
}

enum { OUTBUF_WORTH = 64 << 10 };

/** outbuf_full - enough is pending to be worth a write */
static inline bool outbuf_full(const struct outbuf *o)
{
	return outbuf_pending(o) >= OUTBUF_WORTH;
}

/**
 * outbuf_flush - write as much as can be written without waiting
 * Return: 0, or -errno for good (-EPIPE: nobody reads any more).
 */
int outbuf_flush(struct outbuf *o);

/** outbuf_drain - write all, waiting as long as it takes; 0 or -errno */
int outbuf_drain(struct outbuf *o);

#endif
