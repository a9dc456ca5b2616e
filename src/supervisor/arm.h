/* SPDX-License-Identifier: GPL-2.0-or-later */
/* arm: the steps from the lock to "armed", in the order that is safe. */
#ifndef NFTRACE_ARM_H
#define NFTRACE_ARM_H

struct run;

/**
 * arm - from a complete plan to "armed"
 *
 * Where it fails, disarm() takes back what was done.
 * Return: 0, or the exit status after a report.
 */
int arm(struct run *r);

#endif
