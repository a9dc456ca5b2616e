// SPDX-License-Identifier: GPL-2.0-or-later
/* expectation: what --expect asks of every packet: its fate, and chains that it comes to. */
#include "printer/expectation.h"

#include <string.h>

#include "journey/journey.h"
#include "place/place.h"
#include "printer/display_filter.h"

static bool parse_expected(struct expectation *e, const char *word)
{
	static const char chain[] = "chain=";
	enum fate_kind kind = fate_find(word);

	if (strncmp(word, chain, sizeof(chain) - 1) == 0) {
		word += sizeof(chain) - 1;
		if (!*word || e->chains == EXPECTATION_CHAINS)
			return false;
		e->chain[e->chains++] = word;
		return true;
	}
	e->fates |= 1u << kind;
	return kind != FATE_COUNT;
}

bool expectation_parse(struct expectation *e, char *words, const char **bad)
{
	char *save = NULL;

	memset(e, 0, sizeof(*e));
	*bad = words;
	for (char *w = strtok_r(words, ",", &save); w;
	     w = strtok_r(NULL, ",", &save)) {
		*bad = w;
		if (!parse_expected(e, w))
			return false;
	}
	return expectation_any(e);
}

static bool is_meant(const struct expectation *e, const struct place *at,
		     const char *chain)
{
	for (unsigned int i = 0; i < e->chains; i++)
		if (display_filter_chain_fits(e->chain[i], at->table, chain))
			return true;
	return false;
}

/* Of a chain without a rule nothing tells but the jump to it. */
static bool leads_there(const struct expectation *e, const struct place *at)
{
	return (at->effect == EFFECT_JUMP || at->effect == EFFECT_GOTO) &&
	       is_meant(e, at, at->target);
}

bool expectation_reached(const struct expectation *e, const struct journey *j)
{
	if (!e->chains || j->omitted ||
	    j->flags & (JOURNEY_GAP | JOURNEY_HEADLESS) ||
	    j->fate[0].kind == FATE_INCOMPLETE)
		return true;
	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct place *at = j->step[i].place;

		if (is_meant(e, at, at->chain) || leads_there(e, at))
			return true;
	}
	return false;
}
