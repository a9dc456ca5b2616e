/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arm: takes the lock, binds the group, has the rules put in, starts the reader. */
#ifndef NFTRACE_ARM_H
#define NFTRACE_ARM_H

struct run;

/** arm - lock to "armed"; 0, or the exit status after a report */
int arm(struct run *r);

#endif
