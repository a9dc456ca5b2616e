// SPDX-License-Identifier: GPL-2.0-or-later
/* map_verdict: what the verdict map of a rule of nft said of a packet, and in which element. */
#include "journey/map_verdict.h"

#include <stdio.h>
#include <string.h>

#include "journey/journey_types.h"
#include "place/place_types.h"
#include "rules/base/units.h"

static const char *keep(struct map_verdicts *m, const char *text)
{
	char *to = m->text + m->used;

	if (!text)
		return NULL;
	m->used += (uint32_t)strlen(text) + 1;
	return strcpy(to, text);
}

static size_t size_of(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

bool map_verdicts_add(struct map_verdicts *m, struct journey *j, uint32_t step,
		      const char *verdict, const char *key, const char *comment)
{
	size_t size = size_of(verdict) + size_of(key) + size_of(comment);

	if (m->count == MAP_VERDICTS || size > sizeof(m->text) - m->used)
		return false;
	m->list[m->count++] = (struct map_verdict){
		.step = step, .verdict = keep(m, verdict), .key = keep(m, key),
		.comment = keep(m, comment),
	};
	j->verdict = m->list;
	j->verdicts = m->count;
	return true;
}

static const char *const verdict_words[] = {
	[EFFECT_ACCEPT] = "accept", [EFFECT_CONTINUE] = "continue",
	[EFFECT_DROP] = "drop", [EFFECT_GOTO] = "goto ",
	[EFFECT_JUMP] = "jump ", [EFFECT_QUEUE] = "queue",
	[EFFECT_RETURN] = "return",
};

uint8_t map_verdict_effect(const struct map_verdict *v, const char **chain)
{
	for (uint8_t i = 0; i < ARRAY_SIZE(verdict_words); i++) {
		size_t len = verdict_words[i] ? strlen(verdict_words[i]) : 0;

		if (!len || strncmp(v->verdict, verdict_words[i], len) != 0)
			continue;
		*chain = v->verdict + len;
		if (!**chain || verdict_words[i][len - 1] == ' ')
			return i;
	}
	return EFFECT_UNKNOWN;
}

void map_verdict_word(char buf[MAP_VERDICT_TEXT], const struct place *at)
{
	const char *word = at->effect < ARRAY_SIZE(verdict_words) ? verdict_words[at->effect]
								: NULL;

	snprintf(buf, MAP_VERDICT_TEXT, "%s%s", word ? word : "?", at->target);
}

const struct map_verdict *map_verdict_at(const struct journey *j, uint32_t step)
{
	for (uint32_t i = 0; i < j->verdicts; i++)
		if (j->verdict[i].step == step)
			return &j->verdict[i];
	return NULL;
}

const struct map_verdict *map_verdict_of(const struct journey *j, unsigned int b,
					 const struct place *at)
{
	for (uint32_t i = j->verdicts; i-- > 0;) {
		const struct step *s = &j->step[j->verdict[i].step];

		if (s->place == at && s->branch == b)
			return &j->verdict[i];
	}
	return NULL;
}
