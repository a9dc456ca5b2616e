/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pod_choose: the one pod or container that --pod or --container means. */
#ifndef NFTRACE_POD_CHOOSE_H
#define NFTRACE_POD_CHOOSE_H

#include <stdbool.h>

#include "pod/pod.h"

struct mask;
struct options;

/**
 * pod_choose - look through /proc for it
 * @f: gets it, with an interface here
 * @mask: learns what it is called; NULL: nothing is masked
 *
 * @quiet: somebody else will say where it was found
 *
 * Why there is none, or which of several there are, is said in any case.
 * Return: 0, or the exit status after a report.
 */
int pod_choose(const struct options *o, struct pod_found *f, struct mask *mask,
	       bool quiet);

#endif
