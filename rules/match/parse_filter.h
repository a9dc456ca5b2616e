/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_filter: an expression's words of tcpdump's -> a bpf match of it. */
#ifndef NFTRACE_PARSE_FILTER_H
#define NFTRACE_PARSE_FILTER_H

struct parse;

/** parse_filter_end - behind the words: the bpf match, if there was any of those */
void parse_filter_end(struct parse *p);

#endif
