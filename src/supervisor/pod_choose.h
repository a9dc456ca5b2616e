/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pod_choose: the one pod or container that --pod or --container means. */
#ifndef NFTRACE_POD_CHOOSE_H
#define NFTRACE_POD_CHOOSE_H

#include "pod/pod.h"

struct mask;
struct options;

/**
 * pod_choose - look through /proc for it
 * @f: gets it, with an interface here
 * @mask: learns what it is called; NULL: nothing is masked
 *
 * What was found, and where, is said; and why there is none, or which of several there are.
 * Return: 0, or the exit status after a report.
 */
int pod_choose(const struct options *o, struct pod_found *f, struct mask *mask);

#endif
