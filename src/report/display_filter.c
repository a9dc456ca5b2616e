// SPDX-License-Identifier: GPL-2.0-or-later
/* display_filter: which journeys are printed (--only drop,table=nat,chain=cali-FORWARD). */
#include "report/display_filter.h"

#include <string.h>
#include <strings.h>

#include "capture/conntrack.h"
#include "journey/conntrack_seen.h"
#include "journey/journey.h"
#include "place/place.h"

static bool add_name(const char **names, unsigned int *count, const char *name)
{
	if (*count == DISPLAY_FILTER_NAMES || !*name)
		return false;
	names[(*count)++] = name;
	return true;
}

static bool parse_word(struct display_filter *only, const char *word)
{
	enum conntrack_state state;

	if (strncmp(word, "table=", 6) == 0)
		return add_name(only->table, &only->tables, word + 6);
	if (strncmp(word, "chain=", 6) == 0)
		return add_name(only->chain, &only->chains, word + 6);
	if (strncmp(word, "state=", 6) == 0) {
		state = conntrack_state_find(word + 6, strlen(word + 6));
		only->states |= state ? 1u << state : 0;
		return state != CONNTRACK_UNTOLD;
	}
	for (unsigned int k = 0; k < FATE_COUNT; k++) {
		if (strcasecmp(word, fate_word(k)) == 0) {
			only->fates |= 1u << k;
			return true;
		}
	}
	return false;
}

bool display_filter_parse(struct display_filter *only, char *words,
			  const char **bad)
{
	char *save = NULL;

	memset(only, 0, sizeof(*only));
	*bad = words;
	for (char *w = strtok_r(words, ",", &save); w;
	     w = strtok_r(NULL, ",", &save)) {
		*bad = w;
		if (!parse_word(only, w))
			return false;
	}
	return only->fates || only->tables || only->chains || only->states;
}

static bool any_name(const char *const names[], unsigned int count,
		     const char *name)
{
	for (unsigned int i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return count == 0;
}

static bool has_state(const struct display_filter *only,
		      const struct journey *j)
{
	struct conntrack c;

	conntrack_seen(j, &c);
	return only->states & 1u << c.state;
}

bool display_filter_passes(const struct display_filter *only,
			   const struct journey *j)
{
	unsigned int fates = 0;

	for (unsigned int b = 0; b < j->branches; b++)
		fates |= 1u << j->fate[b].kind;
	if (only->fates && !(only->fates & fates))
		return false;
	if (only->states && !has_state(only, j))
		return false;
	if (!only->tables && !only->chains)
		return true;
	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct place *p = j->step[i].place;

		if (any_name(only->table, only->tables, p->table) &&
		    any_name(only->chain, only->chains, p->chain))
			return true;
	}
	return false;
}
