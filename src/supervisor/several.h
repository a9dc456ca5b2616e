/* SPDX-License-Identifier: GPL-2.0-or-later */
/* several: --netns more than once, --and-node: a run in each namespace, told as one. */
#ifndef NFTRACE_SEVERAL_H
#define NFTRACE_SEVERAL_H

#include <stdbool.h>

struct options;

/** several_asked - is it more than one network namespace? */
bool several_asked(const struct options *o);

/** several_main - everything behind the options, as run_main() of each; the exit status */
int several_main(struct options *o);

#endif
