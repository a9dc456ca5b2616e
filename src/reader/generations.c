// SPDX-License-Identifier: GPL-2.0-or-later
/* generations: which generation of nft's rules was still in force at which time. */
#include "reader/generations.h"

#include <string.h>

void generations_note(struct generations *g, uint64_t asked_ns,
		      uint32_t number)
{
	unsigned int n = g->count;

	if (n && g->seen[n - 1].number == number) {
		g->seen[n - 1].until_ns = asked_ns;
		return;
	}
	if (n == GENERATIONS) {
		memmove(&g->seen[0], &g->seen[1],
			(GENERATIONS - 1) * sizeof(g->seen[0]));
		n--;
	}
	g->seen[n].until_ns = asked_ns;
	g->seen[n].number = number;
	g->count = n + 1;
}

bool generations_find(const struct generations *g, uint64_t ns,
		      uint32_t *number)
{
	for (unsigned int i = 0; i < g->count; i++) {
		if (g->seen[i].until_ns > ns) {
			*number = g->seen[i].number;
			return true;
		}
	}
	return false;
}
