/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_bare: words of an expression that belong to no option: a filter of tcpdump's. */
#ifndef NFTRACE_PARSE_BARE_H
#define NFTRACE_PARSE_BARE_H

struct parse;

/** parse_bare_word - one more, behind those in @p->bare; with the "!" before it */
void parse_bare_word(struct parse *p, const char *word);

/** parse_bare_whole - a filter in one piece, which must match as well as @p->filter */
void parse_bare_whole(struct parse *p, const char *text);

#endif
