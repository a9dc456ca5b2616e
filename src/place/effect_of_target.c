// SPDX-License-Identifier: GPL-2.0-or-later
/* effect_of_target: what a target of xtables does to a packet, by its name in a rule. */
#include "place/effect_of_target.h"

#include <string.h>

#include "rules/base/target.h"
#include "rules/base/units.h"

uint8_t effect_of_target(struct strview name)
{
	static const struct {
		const char *word;
		uint8_t effect;
	} standard[] = {
		{ "ACCEPT", EFFECT_ACCEPT }, { "DROP", EFFECT_DROP },
		{ "QUEUE", EFFECT_QUEUE }, { "RETURN", EFFECT_RETURN },
	};
	const struct target *t;
	char text[32];

	for (size_t i = 0; i < ARRAY_SIZE(standard); i++)
		if (strview_is(name, standard[i].word))
			return standard[i].effect;
	if (name.len >= sizeof(text))
		return EFFECT_JUMP;
	memcpy(text, name.at, name.len);
	text[name.len] = '\0';
	t = target_find(text);
	return t ? (uint8_t)t->effect : EFFECT_JUMP;
}
