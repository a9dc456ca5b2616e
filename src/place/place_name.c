// SPDX-License-Identifier: GPL-2.0-or-later
/* place_name: what a place is called by who reads of it when the run is over. */
#include "place/place_name.h"

#include <stdio.h>
#include <string.h>

#include "capture/event.h"
#include "place/place_types.h"

int place_name(char *to, size_t size, const struct place *at)
{
	static const size_t head = sizeof("TRACE: ") - 1;
	static const char *const words[] = {
		[PLACE_RULE] = "rule", [PLACE_RETURN] = "return",
		[PLACE_POLICY] = "policy",
	};

	if (at->backend == EVENT_NFT || !at->own_before)
		return snprintf(to, size, "%.*s", (int)(at->prefix_len - head),
				at->prefix + head);
	return snprintf(to, size, "%s:%s:%s:%u", at->table, at->chain,
			words[at->kind], place_number(at));
}

bool place_same_table(const struct place *a, const struct place *b)
{
	return a->family == b->family && strcmp(a->table, b->table) == 0;
}

bool place_same_chain(const struct place *a, const struct place *b)
{
	return a->chain_len == b->chain_len &&
	       memcmp(a->chain, b->chain, a->chain_len) == 0 &&
	       place_same_table(a, b);
}
