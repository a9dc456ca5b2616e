/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sentences: texts made of what packets met, each kept once, to the end. */
#ifndef NFTRACE_SENTENCES_H
#define NFTRACE_SENTENCES_H

enum { SENTENCES = 128 };

/* Zeroed: none.  sentences_close() frees them. */
struct sentences {
	char *text[SENTENCES];
	unsigned int count;
};

/**
 * sentences_keep - the one copy of @text, valid until sentences_close()
 * Return: NULL: there is no room for one more.
 */
const char *sentences_keep(struct sentences *s, const char *text);
void sentences_close(struct sentences *s);

#endif
