/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parting: where the ways of two packets part, and what tells the packets apart there. */
#ifndef NFTRACE_DIFF_PARTING_H
#define NFTRACE_DIFF_PARTING_H

#include "diff/parting_types.h"
#include "diff/side.h"

struct ifnames;
struct journey;

/** parting_how_word - "condition", "rule", ... */
const char *parting_how_word(unsigned int how);

/** parting_find - of one pair; borrows from the journeys */
void parting_find(struct parting *p, const struct journey *const j[PAIR_SIDES],
		  const struct side side[PAIR_SIDES],
		  const struct ifnames *names);

#endif
