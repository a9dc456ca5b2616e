/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff_files: --diff: two files of --read held against each other, to the exit status. */
#ifndef NFTRACE_DIFF_FILES_H
#define NFTRACE_DIFF_FILES_H

struct options;

/* As diff(1) has them. */
enum diff_status { DIFF_SAME, DIFF_DIFFER, DIFF_TROUBLE };

/** diff_main - needs no privileges, changes nothing; the exit status, enum diff_status */
int diff_main(const struct options *o);

#endif
