/* SPDX-License-Identifier: GPL-2.0-or-later */
/* near: the rules that a packet of a log nearly met, of a stranger's packets and rules. */
#ifndef TESTS_FUZZ_NEAR_H
#define TESTS_FUZZ_NEAR_H

#include <stdlib.h>

#include "journey/journey.h"
#include "misses/misses.h"
#include "misses/misses_rules.h"
#include "place/place.h"
#include "rules/base/family.h"

/* As near_read() of the reader has it; @m is opened for the first that asks. */
static inline void near_find(struct misses **m, struct journey *j,
			     const struct snapshot *const *snap, struct place_index *index,
			     const struct ifnames *names)
{
	const struct misses_rules rules = {
		.legacy = snap[family_index_by_nfproto(j->nfproto)],
		.index = index, .names = names,
	};

	if (!misses_can_be(j) || !rules.legacy || j->flags & JOURNEY_NFT ||
	    place_index_is_unsure(index))
		return;
	if (!*m)
		*m = misses_open();
	if (!*m)
		abort();
	misses_find(*m, j, &rules);
}

#endif
