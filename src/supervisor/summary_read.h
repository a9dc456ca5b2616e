/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary_read: what was found in the file of --read, on stderr at its end. */
#ifndef NFTRACE_SUMMARY_READ_H
#define NFTRACE_SUMMARY_READ_H

struct run;

/** summary_read - on stderr */
void summary_read(const struct run *r);

#endif
