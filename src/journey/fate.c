// SPDX-License-Identifier: GPL-2.0-or-later
/* fate: what became of a packet, or of a copy of it. */
#include "journey/fate.h"

#include <string.h>
#include <strings.h>

const char fate_unheard[] = "likely: no drop records";

const char *fate_word(enum fate_kind kind)
{
	static const char *const words[FATE_COUNT] = {
		[FATE_DROP] = "DROP",
		[FATE_REJECT] = "REJECT",
		[FATE_DELIVERED] = "DELIVERED",
		[FATE_FORWARDED] = "FORWARDED",
		[FATE_SENT] = "SENT",
		[FATE_QUEUE] = "QUEUE",
		[FATE_STOLEN] = "STOLEN",
		[FATE_LOST] = "LOST",
		[FATE_UNKNOWN] = "UNKNOWN",
		[FATE_INCOMPLETE] = "INCOMPLETE",
	};

	return words[kind];
}

enum fate_kind fate_find(const char *word)
{
	enum fate_kind kind = 0;

	while (kind < FATE_COUNT && strcasecmp(word, fate_word(kind)) != 0)
		kind++;
	return kind;
}
