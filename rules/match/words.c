// SPDX-License-Identifier: GPL-2.0-or-later
/* words: tells nftrace's own options from the words of match expressions. */
#include "rules/match/words.h"

#include <errno.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xtables.h>

#include "rules/base/family.h"
#include "rules/base/helper.h"
#include "rules/xtables/base_options.h"
#include "rules/xtables/xt.h"

struct job {
	int argc;
	char *const *argv;
	const struct option *own;
};

/* The walk along the command line. */
struct walk {
	const struct job *job;
	struct helper_out *out;	/* in the helper child */
	struct words *words;	/* without extensions, in this process */
	bool unsure;		/* only an extension knows whose the next word is */
	int err;
	int at;			/* index of the word looked at */
	uint16_t group;
	const char *protocol;	/* of the last -p, for its implicit match */
	uint16_t offset;	/* in the word looked at: flags of ours end there */
	const struct option *wants;	/* the last word's, whose value is missing */
	bool ended;
};

static void keep(struct walk *w, const struct word *word)
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

static void emit(struct walk *w, struct word word)
{
	word.group = w->group;
	if (w->words)
		keep(w, &word);
	else if (w->out)
		helper_append(w->out, &word, sizeof(word));
}

static void emit_match(struct walk *w)
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

static void load_protocol(struct walk *w)
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
static void emit_own(struct walk *w, int row, int value_offset)
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

static void note_argument(struct walk *w, int letter, const char *arg)
{
	if (w->words)
		return;
	if (letter == 'm')
		load_match(arg);
	else if (letter == 'p')
		w->protocol = arg;
}

/* A match option, and the word that it takes with it, whatever that looks like. */
static void take_match_option(struct walk *w, const struct option *o,
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

static const struct option *find_extension(struct walk *w, const char *name,
					   size_t len)
{
	const struct option *o = find_long(xt_options(), name, len);

	if (o)
		return o;
	load_protocol(w);
	return find_long(xt_options(), name, len);
}

/* What looks like no option is a match's, whether it is the value or not. */
static const struct option *find_base(struct walk *w, const char *name,
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

static void take_long(struct walk *w, const char *word)
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

static void take_cluster(struct walk *w, const char *word)
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

static void take_short(struct walk *w, const char *word)
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

static void take_word(struct walk *w)
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

static int split(const void *arg, struct helper_out *out)
{
	struct walk w = { .job = arg, .out = out, .at = 1 };

	xt_open(&family_ipv4, base_options, XT_NEWEST);
	while (w.at < w.job->argc && !w.ended)
		take_word(&w);
	return 0;
}

/* Return: 1 when it takes extensions to tell. */
static int split_here(const struct job *job, struct words *words)
{
	struct walk w = { .job = job, .words = words, .at = 1 };

	while (w.at < job->argc && !w.ended && !w.unsure && !w.err)
		take_word(&w);
	if (w.err || w.unsure)
		words_free(words);
	return w.err ? w.err : w.unsure;
}

static int take_result(const struct helper_result *res, struct words *words)
{
	if (res->status > 0)
		helper_tell_end(words->end, sizeof(words->end), res);
	if (res->status != 0)
		return -EIO;
	if (!res->len)
		return 0;
	words->word = malloc(res->len);
	if (!words->word)
		return -ENOMEM;
	memcpy(words->word, res->data, res->len);
	words->count = (unsigned int)(res->len / sizeof(struct word));
	return 0;
}

int words_split(int argc, char *const argv[], const struct option *own,
		struct words *words)
{
	struct job job = { .argc = argc, .argv = argv, .own = own };
	struct helper_result res;
	int err;

	words->count = 0;
	words->word = NULL;
	words->end[0] = '\0';
	if (argc > UINT16_MAX)
		return -E2BIG;
	err = split_here(&job, words);
	if (err != 1)
		return err;
	err = helper_run(split, &job, 10000, &res);
	if (err)
		return err;
	err = take_result(&res, words);
	helper_release(&res);
	return err;
}

static void print_names(struct helper_out *out, const struct option *table,
			bool all)
{
	char line[64];

	for (const struct option *o = table; o->name; o++) {
		if (!all && !base_option_is_match(o->val))
			continue;
		snprintf(line, sizeof(line), "--%s\n", o->name);
		helper_append(out, line, strlen(line));
	}
}

static void print_wanted(struct helper_out *out, const struct option *o)
{
	char line[64];

	if (o->val == 'm') {
		xt_list_matches(out);
		return;
	}
	snprintf(line, sizeof(line), "@%s\n", o->name);
	helper_append(out, line, strlen(line));
}

static int list_next(const void *arg, struct helper_out *out)
{
	struct walk w = { .job = arg, .at = 1 };
	unsigned int base = 0;

	while (base_options[base].name)
		base++;
	xt_open(&family_ipv4, base_options, XT_NEWEST);
	while (w.at < w.job->argc && !w.ended)
		take_word(&w);
	if (w.ended) {
		helper_append(out, "@command\n", 9);
	} else if (w.wants) {
		print_wanted(out, w.wants);
	} else {
		load_protocol(&w);
		print_names(out, w.job->own, true);
		print_names(out, base_options, false);
		print_names(out, xt_options() + base, true);
		helper_append(out, "--or\n--\n", 8);
	}
	return 0;
}

int words_next(int argc, char *const argv[], const struct option *own,
	       struct helper_result *res)
{
	struct job job = { .argc = argc, .argv = argv, .own = own };

	return helper_run(list_next, &job, 10000, res);
}

void words_free(struct words *words)
{
	free(words->word);
	words->word = NULL;
	words->count = 0;
}
