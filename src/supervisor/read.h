/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read: --read: a run without a capture, from the file to the exit status. */
#ifndef NFTRACE_READ_H
#define NFTRACE_READ_H

struct options;

/** read_main - needs no privileges, changes nothing; the exit status */
int read_main(const struct options *o);

#endif
