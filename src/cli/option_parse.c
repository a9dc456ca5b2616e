// SPDX-License-Identifier: GPL-2.0-or-later
/* option_parse: the command line -> struct options; one row an option. */
#include "cli/option_parse.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "cli/option_checks.h"
#include "cli/option_rows.h"
#include "cli/option_values.h"
#include "cli/options.h"
#include "cli/out_interface.h"
#include "rules/base/helper.h"
#include "rules/base/units.h"
#include "rules/match/words.h"

static bool add_word(struct options *o, unsigned int group, char *text)
{
	struct expression *e;
	char **more;

	if (group >= OPTIONS_GROUPS) {
		msg("error: more than %d expressions: use several runs",
		    OPTIONS_GROUPS);
		return false;
	}
	if (group >= o->expressions)
		o->expressions = group + 1;
	e = &o->expression[group];
	more = realloc(e->argv, ((size_t)e->argc + 2) * sizeof(*more));
	if (!more)
		return false;
	e->argv = more;
	e->argv[e->argc++] = text;
	e->argv[e->argc] = NULL;
	return true;
}

static bool take_own(struct options *o, const struct word *w, char *argv[])
{
	static char filter[] = "--filter";
	const struct option_row *r = &option_rows[w->own];
	char *value = r->arg ? argv[w->value_arg] + w->value_offset : NULL;

	/* Whose rules are whose: those in front of it are not the second file's. */
	if (r->offset == offsetof(struct options, diff) && o->read)
		while (o->rules[o->rules_before])
			o->rules_before++;
	if (r->kind == OPTION_FILTER)
		return add_word(o, w->group, filter) &&
		       add_word(o, w->group, value);
	return option_take(o, r, value);
}

/* "--diff A B": the second file is the one word that is no option's. */
static bool take_diff(struct options *o)
{
	struct expression *e = &o->expression[0];

	if (!o->diff || o->read)
		return true;
	if (o->expressions != 1 || e->argc != 1 || o->help || o->version) {
		msg("error: '--diff' takes two files: --diff A B, or --read A "
		    "--diff B");
		return o->help || o->version;
	}
	o->read = o->diff;
	o->diff = strdup(e->argv[0]);
	free(e->argv);
	*e = (struct expression){ 0 };
	o->expressions = 0;
	return o->diff;
}

static bool take_word(struct options *o, const struct word *w, char *argv[],
		      unsigned int *groups)
{
	switch (w->kind) {
	case WORD_MATCH:
		/* The flag that stood here has been taken. */
		if (w->offset)
			argv[w->arg][w->offset] = '-';
		return add_word(o, w->group, argv[w->arg] + w->offset);
	case WORD_OR:
		++*groups;
		return true;
	case WORD_OWN:
		return take_own(o, w, argv);
	case WORD_ERROR:
		msg("error: '%s' needs a value: --%s %s", argv[w->arg],
		    option_rows[w->own].name, option_rows[w->own].arg);
		return false;
	case WORD_END:
		o->command = argv + w->arg + 1;
		return true;
	}
	return false;
}

static void fill_getopt(struct option table[OPTION_ROWS_MAX + 1])
{
	memset(table, 0, (option_row_count + 1) * sizeof(*table));
	for (unsigned int i = 0; i < option_row_count; i++) {
		table[i].name = option_rows[i].name;
		table[i].has_arg = option_rows[i].arg ? required_argument
						      : no_argument;
		table[i].val = option_rows[i].letter;
	}
}

char *options_next(int argc, char *argv[])
{
	struct option table[OPTION_ROWS_MAX + 1];
	struct helper_result res;
	char *text;
	int err;

	fill_getopt(table);
	err = words_next(argc, argv, table, &res);
	if (err) {
		msg_error("listing options", err);
		return NULL;
	}
	text = strndup(res.data ? res.data : "", res.len);
	helper_release(&res);
	return text;
}

/* No word is to blame. */
static int refuse_helper(const struct words *words, int err)
{
	if (words->end[0])
		msg("error: reading the command line: %s", words->end);
	else
		msg_error("reading the command line", err);
	return STATUS_FAILURE;
}

int options_parse(struct options *o, int argc, char *argv[])
{
	struct option table[OPTION_ROWS_MAX + 1];
	struct words words = { 0 };
	unsigned int groups = 0;
	bool ok = true;
	int err;

	memset(o, 0, sizeof(*o));
	o->time_ns = 30 * NS_PER_S;
	o->wait_s = 5;
	o->snaplen = OPTIONS_SNAPLEN;
	o->buffer_mib = 64;
	fill_getopt(table);
	err = words_split(argc, argv, table, &words);
	if (err)
		return refuse_helper(&words, err);
	for (unsigned int i = 0; i < words.count && ok; i++)
		ok = take_word(o, &words.word[i], argv, &groups);
	words_free(&words);
	ok = ok && take_diff(o);
	ok = ok && out_interface_take(o);
	ok = ok && (o->help || o->version || options_check(o, groups));
	/* The lock file is one for the whole host. */
	if ((o->netns[0] || o->and_node) && !o->hold_lock)
		o->no_lock = true;
	return ok ? 0 : STATUS_USAGE;
}

void options_free(struct options *o)
{
	for (unsigned int g = 0; g < o->expressions; g++)
		free(o->expression[g].argv);
	free(o->only);
	free(o->expect);
	free(o->pcap);
	free(o->read);
	free(o->diff);
	free(o->graph);
	free(o->report);
	free(o->pod);
	free(o->container);
	free(o->user);
	for (unsigned int i = 0; i < OPTIONS_FILES; i++) {
		free(o->rules[i]);
		free(o->netns[i]);
	}
}
