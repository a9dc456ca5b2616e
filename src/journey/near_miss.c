// SPDX-License-Identifier: GPL-2.0-or-later
/* near_miss: a rule that a packet nearly met, and what it lacked. */
#include "journey/near_miss.h"

#include <string.h>

const char *near_miss_how_word(unsigned int how)
{
	static const char *const words[NEAR_MISS_HOWS] = {
		[NEAR_MISS_SEEN] = "seen",
		[NEAR_MISS_ELIMINATED] = "eliminated",
		[NEAR_MISS_ASKED] = "asked",
		[NEAR_MISS_BEHIND] = "behind",
	};

	return words[how];
}

void near_miss_copy(struct near_miss *n, struct strview words)
{
	size_t len = words.len < sizeof(n->words) ? words.len : sizeof(n->words) - 1;

	memcpy(n->words, words.at, len);
	n->words[len] = '\0';
}
