// SPDX-License-Identifier: GPL-2.0-or-later
/* words: tells nftrace's own options from the words of match expressions. */
#include "rules/match/words.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xtables.h>

#include "rules/base/family.h"
#include "rules/base/helper.h"
#include "rules/match/words_walk.h"
#include "rules/xtables/base_options.h"
#include "rules/xtables/xt.h"

static int split(const void *arg, struct helper_out *out)
{
	struct words_walk w = { .job = arg, .out = out, .at = 1 };

	xt_open(&family_ipv4, base_options, XT_NEWEST);
	while (w.at < w.job->argc && !w.ended)
		words_walk_step(&w);
	return 0;
}

/* Return: 1 when it takes extensions to tell. */
static int split_here(const struct words_job *job, struct words *words)
{
	struct words_walk w = { .job = job, .words = words, .at = 1 };

	while (w.at < job->argc && !w.ended && !w.unsure && !w.err)
		words_walk_step(&w);
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
	struct words_job job = { .argc = argc, .argv = argv, .own = own };
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
	struct words_walk w = { .job = arg, .at = 1 };
	unsigned int base = 0;

	while (base_options[base].name)
		base++;
	xt_open(&family_ipv4, base_options, XT_NEWEST);
	while (w.at < w.job->argc && !w.ended)
		words_walk_step(&w);
	if (w.ended) {
		helper_append(out, "@command\n", 9);
	} else if (w.wants) {
		print_wanted(out, w.wants);
	} else {
		words_walk_load_protocol(&w);
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
	struct words_job job = { .argc = argc, .argv = argv, .own = own };

	return helper_run(list_next, &job, 10000, res);
}

void words_free(struct words *words)
{
	free(words->word);
	words->word = NULL;
	words->count = 0;
}
