/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_build: addresses, ip part and matches -> the kernel's entries and their texts. */
#ifndef NFTRACE_PARSE_BUILD_H
#define NFTRACE_PARSE_BUILD_H

struct parse;

/** parse_build - an entry for each pair of addresses, with its text, into the result */
void parse_build(struct parse *p);

#endif
