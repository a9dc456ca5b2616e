// SPDX-License-Identifier: GPL-2.0-or-later
/* display_filter: which journeys are printed (--only drop,chain=cali-*,!in=lo). */
#include "printer/display_filter.h"

#include <stddef.h>
#include <string.h>

#include "base/format.h"
#include "capture/conntrack.h"
#include "capture/ifnames.h"
#include "journey/conntrack_seen.h"
#include "journey/journey.h"
#include "place/place.h"
#include "rules/base/units.h"

enum { PLACE_NAME = 520 };	/* of a table and a chain, as long as nft lets them be */

/* A word of which anything follows is a name's, or a state's. */
static const struct {
	const char *word;
	enum display_kind kind;
	bool names;
} kinds[] = {
	{ "table=", DISPLAY_TABLE, true },
	{ "chain=", DISPLAY_CHAIN, true },
	{ "in=", DISPLAY_IN, true },
	{ "out=", DISPLAY_OUT, true },
	{ "state=", DISPLAY_STATE, true },
	{ "nat", DISPLAY_NAT, false },
	{ "changed", DISPLAY_CHANGED, false },
};

static bool parse_state(struct display_word *w)
{
	enum conntrack_state state =
		conntrack_state_find(w->name, strlen(w->name));

	w->value = (uint8_t)state;
	return state != CONNTRACK_UNTOLD;
}

static bool parse_fate(struct display_word *w, const char *word)
{
	enum fate_kind kind = fate_find(word);

	w->kind = DISPLAY_FATE;
	w->value = (uint8_t)kind;
	return kind != FATE_COUNT;
}

static bool parse_word(struct display_word *w, const char *word)
{
	w->not = *word == '!';
	word += w->not;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t len = strlen(kinds[i].word);

		if (strncmp(word, kinds[i].word, len) != 0)
			continue;
		w->kind = kinds[i].kind;
		w->name = word + len;
		if (kinds[i].names != (w->name[0] != '\0'))
			return false;
		return w->kind != DISPLAY_STATE || parse_state(w);
	}
	return parse_fate(w, word);
}

bool display_filter_parse(struct display_filter *only, char *words,
			  const char **bad)
{
	char *save = NULL;

	memset(only, 0, sizeof(*only));
	*bad = words;
	for (char *t = strtok_r(words, ",", &save); t;
	     t = strtok_r(NULL, ",", &save)) {
		struct display_word *w = &only->word[only->words];

		*bad = t;
		if (only->words == DISPLAY_FILTER_WORDS || !parse_word(w, t))
			return false;
		only->words++;
		only->kinds |= 1u << w->kind;
	}
	return only->words > 0;
}

/* The last "*" may stand for more, as often as it takes. */
bool display_filter_name_fits(const char *pattern, const char *name)
{
	const char *star = NULL, *from = name;

	while (*name) {
		if (*pattern == '*') {
			star = pattern++;
			from = name;
		} else if (*pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++from;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

/* A chain's name may have a ":" in it as well. */
bool display_filter_chain_fits(const char *pattern, const char *table, const char *chain)
{
	char both[PLACE_NAME];

	if (display_filter_name_fits(pattern, chain))
		return true;
	if (!strchr(pattern, ':'))
		return false;
	format_text(both, sizeof(both), "%s:%s", table, chain);
	return display_filter_name_fits(pattern, both);
}

/* What the words are asked of. */
struct asked {
	const struct display_filter *only;
	const struct journey *j;
	const struct ifnames *names;
	unsigned int branch;	/* has the fate .kind; NO_BRANCH: none has */
	uint8_t kind;
};

enum { NO_BRANCH = JOURNEY_BRANCHES };

static bool fate_fits(const struct asked *a, const struct display_word *w)
{
	for (unsigned int b = 0; b < a->j->branches; b++)
		if ((b == a->branch ? a->kind : a->j->fate[b].kind) == w->value)
			return true;
	return false;
}

static bool state_fits(const struct asked *a, const struct display_word *w)
{
	struct conntrack c;

	conntrack_seen(a->j, &c);
	return c.state == w->value;
}

static bool index_fits(const struct asked *a, const struct display_word *w,
		       uint32_t index)
{
	return index && display_filter_name_fits(w->name,
						 ifnames_raw(a->names, index));
}

/* Of a bridge its port as well.  Events of one hook are of the same devices. */
static bool device_fits(const struct asked *a, const struct display_word *w,
			uint32_t device, uint32_t port, uint32_t seen[2])
{
	bool same = device == seen[0] && port == seen[1];

	seen[0] = device;
	seen[1] = port;
	return !same && (index_fits(a, w, device) || index_fits(a, w, port));
}

static bool in_fits(const struct asked *a, const struct display_word *w)
{
	const struct step *s = journey_first(a->j);
	uint32_t seen[2] = { 0, 0 };

	if (device_fits(a, w, s->in, s->phys_in, seen))
		return true;
	for (uint32_t i = 0; i < journey_kept(a->j); i++) {
		s = &a->j->step[i];
		if (device_fits(a, w, s->in, s->phys_in, seen))
			return true;
	}
	return false;
}

static bool out_fits(const struct asked *a, const struct display_word *w)
{
	uint32_t seen[2] = { 0, 0 };

	for (unsigned int b = 0; b < a->j->branches; b++)
		if (index_fits(a, w, a->j->fate[b].out))
			return true;
	for (uint32_t i = 0; i < journey_kept(a->j); i++) {
		const struct step *s = &a->j->step[i];

		if (device_fits(a, w, s->out, s->phys_out, seen))
			return true;
	}
	return false;
}

static bool nat_fits(const struct asked *a, const struct display_word *w)
{
	(void)w;
	for (unsigned int i = 0; i < a->j->changes; i++)
		if (a->j->change[i].field == FIELD_SRC ||
		    a->j->change[i].field == FIELD_DST)
			return true;
	return false;
}

/* By a rule or conntrack: every forwarded packet gets a device and loses a hop. */
static bool changed_fits(const struct asked *a, const struct display_word *w)
{
	static const bool counts[MAKER_COUNT] = {
		[MAKER_RULE] = true, [MAKER_CONNTRACK] = true,
		[MAKER_UNKNOWN] = true,
	};

	(void)w;
	for (unsigned int i = 0; i < a->j->changes; i++)
		if (counts[a->j->change[i].maker])
			return true;
	return false;
}

static bool place_fits(const struct display_word *w, const struct place *p)
{
	return w->kind == DISPLAY_TABLE ?
		display_filter_name_fits(w->name, p->table) :
		display_filter_chain_fits(w->name, p->table, p->chain);
}

static bool any_place_fits(const struct asked *a, const struct display_word *w)
{
	for (uint32_t i = 0; i < journey_kept(a->j); i++)
		if (place_fits(w, a->j->step[i].place))
			return true;
	return false;
}

static bool (*const display_fits[DISPLAY_KINDS])(const struct asked *a,
						 const struct display_word *w) = {
	[DISPLAY_FATE] = fate_fits,
	[DISPLAY_STATE] = state_fits,
	[DISPLAY_TABLE] = any_place_fits,
	[DISPLAY_CHAIN] = any_place_fits,
	[DISPLAY_IN] = in_fits,
	[DISPLAY_OUT] = out_fits,
	[DISPLAY_NAT] = nat_fits,
	[DISPLAY_CHANGED] = changed_fits,
};

enum {
	PLACES = 1 << DISPLAY_TABLE | 1 << DISPLAY_CHAIN,
};

/* Return: the kinds of all words that ask for something and do not fit @p. */
static unsigned int kinds_missed(const struct display_filter *only,
				 const struct place *p)
{
	unsigned int asked = 0, found = 0;

	for (unsigned int i = 0; i < only->words; i++) {
		const struct display_word *w = &only->word[i];
		unsigned int bit = 1u << w->kind;

		if (w->not || !(bit & PLACES) || found & bit)
			continue;
		asked |= bit;
		found |= place_fits(w, p) ? bit : 0;
	}
	return asked & ~found;
}

/* One event is in one of these tables and in one of those chains. */
static bool places_fit(const struct asked *a)
{
	const struct place *last = NULL;

	for (uint32_t i = 0; i < journey_kept(a->j); i++) {
		const struct place *p = a->j->step[i].place;

		if (p != last && !kinds_missed(a->only, p))
			return true;
		last = p;
	}
	return false;
}

static bool passes(const struct asked *a)
{
	unsigned int asked = 0, found = 0;

	for (unsigned int i = 0; i < a->only->words; i++) {
		const struct display_word *w = &a->only->word[i];
		unsigned int bit = 1u << w->kind;

		if (w->not && display_fits[w->kind](a, w))
			return false;
		asked |= w->not ? 0 : bit;
		if (!w->not && !(bit & (found | PLACES)) && display_fits[w->kind](a, w))
			found |= bit;
	}
	if (asked & ~found & ~(unsigned int)PLACES)
		return false;
	return !(asked & PLACES) || places_fit(a);
}

bool display_filter_passes(const struct display_filter *only,
			   const struct journey *j, const struct ifnames *names)
{
	return passes(&(struct asked){
		.only = only, .j = j, .names = names, .branch = NO_BRANCH,
	});
}

bool display_filter_passes_as(const struct display_filter *only,
			      const struct journey *j, unsigned int b,
			      uint8_t kind, const struct ifnames *names)
{
	return passes(&(struct asked){
		.only = only, .j = j, .names = names, .branch = b, .kind = kind,
	});
}
