/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run: one run of the supervisor, from the checks to the exit status. */
#ifndef NFTRACE_RUN_H
#define NFTRACE_RUN_H

struct options;
struct run;

/** run_main - everything behind the options; the exit status */
int run_main(struct options *o);

/**
 * run_open - an empty run of @o, whose memory outlives it
 * @r: all zero
 * Return: 0, or the exit status after a report; run_close() in any case.
 */
int run_open(struct run *r, const struct options *o);
/** run_close - end what still runs, and give everything back */
void run_close(struct run *r);

#endif
