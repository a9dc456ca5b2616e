// SPDX-License-Identifier: GPL-2.0-or-later
/* place_name: what a place is called by who reads of it when the run is over. */
#include "place/place_name.h"

#include <stdio.h>

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
