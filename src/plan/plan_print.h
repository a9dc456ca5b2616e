/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_print: --dry-run: the rules that would go in, on stdout. */
#ifndef NFTRACE_PLAN_PRINT_H
#define NFTRACE_PLAN_PRINT_H

struct plan;

/** plan_print - the rules, on stdout; the exit status */
int plan_print(const struct plan *p);

#endif
