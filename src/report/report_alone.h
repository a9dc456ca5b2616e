/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_alone: the lines of a block that name the chains which only one backend has. */
#ifndef NFTRACE_REPORT_ALONE_H
#define NFTRACE_REPORT_ALONE_H

struct journey;
struct outbuf;

/**
 * report_alone - lines that name the chains which only one backend has
 * @before, @behind: each line: colours
 */
void report_alone(struct outbuf *o, const struct journey *j, const char *before,
		  const char *behind);

#endif
