// SPDX-License-Identifier: GPL-2.0-or-later
/* words_walk: word by word along a command line: whose is each? */
#include "rules/match/words_walk.h"

#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <xtables.h>

#include "rules/base/family.h"
#include "rules/base/helper.h"
#include "rules/match/word.h"
#include "rules/xtables/base_options.h"
#include "rules/xtables/xt.h"

static void keep(struct words_walk *w, const struct word *word)
{
	struct words *words = w->words;
	struct word *more = realloc(words->word, (words->count + 1ul) *
				    sizeof(*more));

	if (!more) {
		w->err = -ENOMEM;
		return;
	}
	words->word = more;
	more[words->count++] = *word;
}

static void emit(struct words_walk *w, struct word word)
{
	word.group = w->group;
	if (w->words)
		keep(w, &word);
	else if (w->out)
		helper_append(w->out, &word, sizeof(word));
}

static void emit_match(struct words_walk *w)
{
	emit(w, (struct word) {
		.kind = WORD_MATCH, .arg = (uint16_t)w->at++,
		.offset = w->offset,
	});
	w->offset = 0;
}

/* Load an extension in whichever family has it, for its option names. */
static void load_match(const char *name)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		struct xtables_match *m = NULL;
		jmp_buf trap;

		xt_family(families[i]);
		xt_trap = &trap;
		if (setjmp(trap) == 0) {
			m = xtables_find_match(name, XTF_TRY_LOAD, NULL);
			if (m && m->option_offset == 0)
				xt_merge_match(m);
		}
		xt_trap = NULL;
	}
}

void words_walk_load_protocol(struct words_walk *w)
{
	if (!w->protocol)
		return;
	load_match(w->protocol);
	w->protocol = NULL;
}

static const struct option *find_long(const struct option *table,
				      const char *name, size_t len)
{
	const struct option *found = NULL;
	unsigned int count = 0;

	for (const struct option *o = table; o->name; o++) {
		if (strncmp(o->name, name, len) != 0)
			continue;
		if (o->name[len] == '\0')
			return o;
		/* Both families' extensions may name the same option. */
		count += !found || strcmp(found->name, o->name) != 0;
		found = o;
	}
	return count == 1 ? found : NULL;
}

static int find_own_long(const struct option *own, const char *name,
			 size_t len)
{
	for (int i = 0; own[i].name; i++)
		if (strncmp(own[i].name, name, len) == 0 &&
		    own[i].name[len] == '\0')
			return i;
	return -1;
}

static int find_own_letter(const struct option *own, char letter)
{
	for (int i = 0; own[i].name; i++)
		if (own[i].val == letter)
			return i;
	return -1;
}

/* Own option whose value stands behind it, or is the next word. */
static void emit_own(struct words_walk *w, int row, int value_offset)
{
	struct word word = {
		.kind = WORD_OWN, .own = (uint16_t)row,
		.arg = (uint16_t)w->at,
	};

	if (w->job->own[row].has_arg == no_argument) {
		emit(w, word);
		return;
	}
	word.value_arg = (uint16_t)w->at;
	word.value_offset = (uint16_t)value_offset;
	if (value_offset == 0 && ++w->at >= w->job->argc) {
		word.kind = WORD_ERROR;
		w->wants = &w->job->own[row];
	} else if (value_offset == 0)
		word.value_arg = (uint16_t)w->at;
	emit(w, word);
}

static void note_argument(struct words_walk *w, int letter, const char *arg)
{
	if (w->words)
		return;
	if (letter == 'm')
		load_match(arg);
	else if (letter == 'p')
		w->protocol = arg;
}

/* A match option, and the word that it takes with it, whatever that looks like. */
static void take_match_option(struct words_walk *w, const struct option *o,
			      const char *value)
{
	emit_match(w);
	if (!o || o->has_arg != required_argument)
		return;
	if (!value && w->at < w->job->argc) {
		value = w->job->argv[w->at];
		emit_match(w);
	} else if (!value) {
		w->wants = o;
	}
	if (value)
		note_argument(w, o->val, value);
}

static const struct option *find_extension(struct words_walk *w, const char *name,
					   size_t len)
{
	const struct option *o = find_long(xt_options(), name, len);

	if (o)
		return o;
	words_walk_load_protocol(w);
	return find_long(xt_options(), name, len);
}

/* What looks like no option is a match's, whether it is the value or not. */
static const struct option *find_base(struct words_walk *w, const char *name,
				      size_t len, bool has_value)
{
	const char *next = w->at + 1 < w->job->argc ?
		w->job->argv[w->at + 1] : "";

	for (const struct option *o = base_options; o->name; o++)
		if (strncmp(o->name, name, len) == 0 && o->name[len] == '\0')
			return o;
	w->unsure |= !has_value && next[0] == '-';
	return NULL;
}

static void take_long(struct words_walk *w, const char *word)
{
	const char *name = word + 2, *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	int row = find_own_long(w->job->own, name, len);
	const struct option *o;

	if (row >= 0 && (!equals || w->job->own[row].has_arg)) {
		emit_own(w, row, equals ? (int)(equals + 1 - word) : 0);
		w->at++;
		return;
	}
	o = w->words ? find_base(w, name, len, equals) :
		find_extension(w, name, len);
	take_match_option(w, o, equals ? equals + 1 : NULL);
}

/* Are all letters, up to one that takes a value, ours? */
static bool own_cluster(const struct option *own, const char *letters)
{
	for (; *letters; letters++) {
		int row = find_own_letter(own, *letters);

		if (row < 0)
			return false;
		if (own[row].has_arg)
			return true;
	}
	return true;
}

static void take_cluster(struct words_walk *w, const char *word)
{
	for (int k = 1; word[k]; k++) {
		int row = find_own_letter(w->job->own, word[k]);

		emit_own(w, row, word[k + 1] ? k + 1 : 0);
		if (w->job->own[row].has_arg)
			break;
	}
	w->at++;
}

static const struct option *find_letter(char letter)
{
	for (const struct option *o = base_options; o->name; o++)
		if (o->val == letter)
			return o;
	return NULL;
}

/* "-nni eth0": so many letters are flags of ours, and iptables' last one follows; 0: not so */
static int own_flags(const struct option *own, const char *letters)
{
	int n = 0, row;

	while ((row = find_own_letter(own, letters[n])) >= 0 &&
	       !own[row].has_arg)
		n++;
	return letters[n] && !letters[n + 1] &&
	       base_option_is_match(letters[n]) ? n : 0;
}

static void take_short(struct words_walk *w, const char *word)
{
	int flags = own_flags(w->job->own, word + 1);

	if (own_cluster(w->job->own, word + 1)) {
		take_cluster(w, word);
		return;
	}
	for (int k = 1; k <= flags; k++)
		emit_own(w, find_own_letter(w->job->own, word[k]), 0);
	w->offset = (uint16_t)flags;
	word += flags;
	take_match_option(w, find_letter(word[1]), word[2] ? word + 2 : NULL);
}

void words_walk_step(struct words_walk *w)
{
	const char *word = w->job->argv[w->at];

	if (strcmp(word, "--") == 0) {
		emit(w, (struct word) {
			.kind = WORD_END, .arg = (uint16_t)w->at,
		});
		w->ended = true;
	} else if (strcmp(word, "--or") == 0) {
		emit(w, (struct word) {
			.kind = WORD_OR, .arg = (uint16_t)w->at++,
		});
		w->group++;
		w->protocol = NULL;
	} else if (word[0] == '-' && word[1] == '-') {
		take_long(w, word);
	} else if (word[0] == '-' && word[1]) {
		take_short(w, word);
	} else {
		emit_match(w);
	}
}
