/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parse_kernel: what this kernel has, and what it takes in company only. */
#ifndef NFTRACE_PARSE_KERNEL_H
#define NFTRACE_PARSE_KERNEL_H

#include <stdbool.h>

struct parse;

/** parse_check_kernel - refuse what this kernel does not have or would not take */
void parse_check_kernel(struct parse *p);

/** parse_kernel_has_time - is there a match for the deadline? */
bool parse_kernel_has_time(const struct parse *p);

#endif
