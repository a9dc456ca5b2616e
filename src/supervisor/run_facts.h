/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_facts: what a page says of the run itself. */
#ifndef NFTRACE_RUN_FACTS_H
#define NFTRACE_RUN_FACTS_H

struct options;
struct report_run;

/** run_facts - of this process, now; static */
const struct report_run *run_facts(const struct options *o);

#endif
