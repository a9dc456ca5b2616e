/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff: --diff: the packets of two recordings held against each other, as forms of report. */
#ifndef NFTRACE_DIFF_H
#define NFTRACE_DIFF_H

#include "report/report.h"

struct mask;
struct stats_diff;

/* What they need beside what every form has; borrowed. */
struct diff_setup {
	struct mask *mask;		/* with --masked; NULL: all is shown as it is */
	struct stats_diff *result;	/* filled at the end */
};

/*
 * Both keep what they are given until the end, first the one recording's, behind
 * .next the other's, and write all then.
 */
extern const struct report report_diff;		/* --diff */
extern const struct report report_diff_line;	/* --diff -q */
extern const struct report report_diff_json;	/* --diff --json */

#endif
