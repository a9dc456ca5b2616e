/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path_texts: what is written of all packets that met the same rules, made once. */
#ifndef NFTRACE_PATH_TEXTS_H
#define NFTRACE_PATH_TEXTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct journey;
struct outbuf;
struct path_texts;
struct place;

/* As what a text is written: a form may have others within. */
enum path_form { PATH_TEXT, PATH_JSON, PATH_RECORD };

/* What a text is about: these rules, and all that the packet met. */
struct path_key {
	const struct journey *j;
	enum path_form form;
	unsigned int branch;
	const struct place *by, *also;	/* NULL: none */
};

/** path_texts_open - NULL: no memory, or path_texts_close() it */
struct path_texts *path_texts_open(void);
void path_texts_close(struct path_texts *ts);

/** path_texts_forget - a place is no more, and its address may be another's */
void path_texts_forget(struct path_texts *ts);

/**
 * path_texts_put - write again what was written of such a path
 * @ts: NULL: nothing is kept
 * Return: false: it is not known, and nothing is written; whoever writes it then says
 * so by path_texts_keep(), in front of anything else.
 */
bool path_texts_put(struct path_texts *ts, struct outbuf *o,
		    const struct path_key *key);

/** path_texts_keep - what was just asked for is what stands from byte @at of the record on */
void path_texts_keep(struct path_texts *ts, const struct outbuf *o, size_t at);

#endif
