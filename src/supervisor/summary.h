/* SPDX-License-Identifier: GPL-2.0-or-later */
/* summary: what the run found and did, on stderr at its end. */
#ifndef NFTRACE_SUMMARY_H
#define NFTRACE_SUMMARY_H

struct run;

/** summary_print - on stderr */
void summary_print(const struct run *r);

#endif
