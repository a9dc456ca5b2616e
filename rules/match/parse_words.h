/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_words: the words of an expression, through iptables' own options and extensions. */
#ifndef NFTRACE_PARSE_WORDS_H
#define NFTRACE_PARSE_WORDS_H

struct parse;

/** parse_words - options, one behind the other, into @p; refuses what it does not know */
void parse_words(struct parse *p, int argc, char *const argv[]);

/** parse_write_ip - @p's ip part into the entry, where extensions look at it */
void parse_write_ip(struct parse *p);

#endif
