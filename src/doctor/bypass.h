/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bypass: what in this network namespace can take packets past iptables' rules. */
#ifndef NFTRACE_BYPASS_H
#define NFTRACE_BYPASS_H

#include <stdint.h>

#include "doctor/finding.h"

enum bypass_what {
	BYPASS_ALL,
	BYPASS_FLOWS,	/* what takes the rest of a flow whose beginning is seen */
	BYPASS_ENDS,	/* the same, and what packets meet behind the last hook */
};

/**
 * bypass_each - look for it
 * @out: BYPASS_ENDS: interfaces by which packets went out, and 0; else NULL
 * @tell: called for each finding, while it looks
 */
void bypass_each(enum bypass_what what, const uint32_t *out, finding_fn *tell);

#endif
