// SPDX-License-Identifier: GPL-2.0-or-later
/* only_names: are there the tables, chains and interfaces that --only and --expect name? */
#include "supervisor/only_names.h"

#include <net/if.h>
#include <string.h>

#include "base/msg.h"
#include "base/spelling.h"
#include "printer/display_filter.h"
#include "printer/expectation.h"
#include "rules/view/ruleset.h"

/* The search for what one word names. */
struct search {
	const char *option;
	const struct display_filter *only;
	const struct display_word *word;
	struct spelling near;
	bool found;		/* there is one */
	bool elsewhere;		/* a chain, but in none of the tables named */
};

static void look_for_name(struct search *s, const char *name)
{
	if (display_filter_name_fits(s->word->name, name))
		s->found = true;
	else if (*name)
		spelling_look(&s->near, name);
}

/* May the table be meant?  So may all where none is named. */
static bool table_is_named(const struct display_filter *only, const char *table)
{
	bool any = false;

	for (unsigned int i = 0; i < only->words; i++) {
		const struct display_word *w = &only->word[i];

		if (w->kind != DISPLAY_TABLE || w->not)
			continue;
		if (display_filter_name_fits(w->name, table))
			return true;
		any = true;
	}
	return !any;
}

static void look_for_chain(struct search *s, const char *table, const char *chain)
{
	if (display_filter_chain_fits(s->word->name, table, chain))
		s->found = true;
	else
		spelling_look(&s->near, chain);
}

static void look_at_chain(void *arg, const char *table, const char *chain)
{
	struct search *s = arg;

	if (s->word->kind == DISPLAY_TABLE)
		look_for_name(s, table);
	else if (s->word->not || table_is_named(s->only, table))
		look_for_chain(s, table, chain);
	else if (display_filter_chain_fits(s->word->name, table, chain))
		s->elsewhere = true;
}

static void say_name(const struct search *s, const char *kind)
{
	const struct spelling *n = &s->near;

	if (s->found)
		return;
	if (s->elsewhere)
		msg("note: chain '%s' of %s is in none of the tables that "
		    "it names", s->word->name, s->option);
	else
		msg("note: there is no %s '%s' here, which %s names%s%s%s",
		    kind, s->word->name, s->option, n->name ? ": did you mean '" : "",
		    n->name ? n->name : "", n->name ? "'?" : "");
}

static void look_for_interface(struct search *s)
{
	struct if_nameindex *all = if_nameindex();

	if (!all)
		return;
	for (const struct if_nameindex *i = all; i->if_index; i++)
		look_for_name(s, i->if_name);
	say_name(s, "interface");
	if_freenameindex(all);
}

static void look_for(struct search *s, const struct ruleset *rules)
{
	switch (s->word->kind) {
	case DISPLAY_TABLE:
	case DISPLAY_CHAIN:
		ruleset_each_chain(rules, look_at_chain, s);
		say_name(s, s->word->kind == DISPLAY_TABLE ? "table" : "chain");
		break;
	case DISPLAY_IN:
	case DISPLAY_OUT:
		look_for_interface(s);
		break;
	}
}

static void look_for_word(const struct display_word *word,
			  const struct display_filter *only,
			  const struct ruleset *rules, const char *option)
{
	struct search s = { .option = option, .only = only, .word = word };
	const char *name = word->name, *colon;

	colon = word->kind == DISPLAY_CHAIN ? strrchr(name, ':') : NULL;
	name = colon ? colon + 1 : name;
	spelling_begin(&s.near, name, strlen(name));
	look_for(&s, rules);
}

void only_names_say(const struct display_filter *only,
		    const struct expectation *expect,
		    const struct ruleset *rules)
{
	static const struct display_filter all;

	for (unsigned int i = 0; i < only->words; i++)
		if (only->word[i].name)
			look_for_word(&only->word[i], only, rules, "--only");
	for (unsigned int i = 0; i < expect->chains; i++)
		look_for_word(&(struct display_word){ .kind = DISPLAY_CHAIN,
						      .name = expect->chain[i] },
			      &all, rules, "--expect");
}
