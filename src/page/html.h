/* SPDX-License-Identifier: GPL-2.0-or-later */
/* html: text for people, with or without colours, as a part of a page. */
#ifndef NFTRACE_HTML_H
#define NFTRACE_HTML_H

#include <stdbool.h>
#include <stddef.h>

struct outbuf;

/** html_text - @len bytes of anybody's text, no markup whatever is in them */
void html_text(struct outbuf *o, const char *text, size_t len);

/** html_take - what was written into the record from byte @at on becomes a text */
void html_take(struct outbuf *o, size_t at);

/**
 * html_take_lines - the same of lines: each a span of its own, in the colours that its
 *	terminal's sequences (ESC [ N;N m) say: classes "s1", "s31" ...
 * @lines: behind so many @parting is written, if there are more; 0: it is not
 * Return: was it?
 */
bool html_take_lines(struct outbuf *o, size_t at, unsigned int lines,
		     const char *parting);

#endif
