// SPDX-License-Identifier: GPL-2.0-or-later
/* map_ask: what verdict maps said of a packet that is about to be printed. */
#include "reader/map_ask.h"

#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "place/place.h"
#include "reader/reader_state.h"

static void ask_of(struct reader_state *s, struct journey *j, uint32_t step)
{
	const struct place *at = j->step[step].place;
	char word[MAP_VERDICT_TEXT];

	map_verdict_word(word, at);
	map_verdicts_add(&s->verdicts, j, step, word, NULL, NULL);
}

void map_ask(struct reader_state *s, struct journey *j)
{
	s->verdicts.count = s->verdicts.used = 0;
	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (j->step[i].place->mapped)
			ask_of(s, j, i);
}
