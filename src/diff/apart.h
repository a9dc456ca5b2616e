/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apart: which condition of a rule one packet met and the other did not. */
#ifndef NFTRACE_DIFF_APART_H
#define NFTRACE_DIFF_APART_H

#include "diff/pair.h"

struct ifnames;
struct journey;
struct parting;

/**
 * apart_find - of .rule, which the side .met has met
 * @p: .next and .at are known; .how, .subject and .lack are filled
 */
void apart_find(struct parting *p, const struct journey *const j[PAIR_SIDES],
		const struct ifnames *names);

#endif
