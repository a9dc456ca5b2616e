// SPDX-License-Identifier: GPL-2.0-or-later
/* ways: questions which rule and table of routing sent packets out, and their answers. */
#include "protocol/ways.h"

#include <string.h>

bool ways_asked(const struct way *w)
{
	return atomic_load_explicit(&w->asked, memory_order_acquire);
}

bool ways_answered(const struct way_answer *a)
{
	return atomic_load_explicit(&a->answered, memory_order_acquire);
}

int ways_note(struct way ways[WAYS], const struct way_question *q, bool *fresh)
{
	*fresh = false;
	for (int i = 0; i < WAYS; i++) {
		if (!ways_asked(&ways[i])) {
			ways[i].q = *q;
			*fresh = true;
			atomic_store_explicit(&ways[i].asked, true,
					      memory_order_release);
			return i;
		}
		if (memcmp(&ways[i].q, q, sizeof(*q)) == 0)
			return i;
	}
	return -1;
}
