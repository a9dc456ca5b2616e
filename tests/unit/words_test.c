// SPDX-License-Identifier: GPL-2.0-or-later
/* words_test: which words of a command line are nftrace's own, and which a match's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rules/match/words.h"

static const struct option own[] = {
	{ "time", required_argument, NULL, 't' },
	{ "json", no_argument, NULL, 0 },
	{ "only", required_argument, NULL, 0 },
	{ "verbose", no_argument, NULL, 'v' },
	{ "quiet", no_argument, NULL, 'q' },
	{ NULL, 0, NULL, 0 },
};

/*
 * How a line is sorted: "M word" for a match's, "O name[=value]" for an own
 * option, "|" for --or, "--" and "E name", each with the group's number where
 * that is not 0.
 */
static const struct row {
	const char *line, *sorted;
} rows[] = {
	{ "", "" },
	/* Own options stand anywhere, in every spelling. */
	{ "-t 5", "O time=5" },
	{ "-t5", "O time=5" },
	{ "--time 5", "O time=5" },
	{ "--time=5", "O time=5" },
	{ "--time=", "O time=" },
	{ "--json", "O json" },
	{ "-vq", "O verbose, O quiet" },
	{ "-vqt5", "O verbose, O quiet, O time=5" },
	{ "-vqt 5", "O verbose, O quiet, O time=5" },
	{ "-vt5q", "O verbose, O time=5q" },
	{ "-s 10.0.0.1 --json -d 10.0.0.2",
	  "M -s, M 10.0.0.1, O json, M -d, M 10.0.0.2" },
	/* The value of one is what stands there, whatever it looks like. */
	{ "-t --json", "O time=--json" },
	{ "--only -v", "O only=-v" },
	{ "-t --", "O time=--" },
	{ "-t --or", "O time=--or" },
	/* No value: whose it is remains known. */
	{ "-t", "E time" },
	{ "-v --only", "O verbose, E only" },
	{ "-vt", "O verbose, E time" },
	/* What takes no value and is given one is no option of ours. */
	{ "--json=1", "M --json=1" },
	/* Only whole names are ours: --tim may be an extension's. */
	{ "--tim 5", "M --tim, M 5" },
	{ "-x", "M -x" },
	{ "-vx", "M -vx" },
	/* Flags of ours, and behind them a letter of a match. */
	{ "-vqi any", "O verbose, O quiet, M -i, M any" },
	{ "-vi -v", "O verbose, M -i, M -v" },
	{ "-vqx any", "M -vqx, M any" },
	{ "-vieth0", "M -vieth0" },
	{ "-vtd 5", "O verbose, O time=d, M 5" },
	{ "-", "M -" },
	/* Match options, of iptables itself and of extensions. */
	{ "! -s 10.0.0.1", "M !, M -s, M 10.0.0.1" },
	{ "-s -v", "M -s, M -v" },
	{ "-s10.0.0.1 -v", "M -s10.0.0.1, O verbose" },
	{ "--src=10.0.0.1 -v", "M --src=10.0.0.1, O verbose" },
	{ "-i --json", "M -i, M --json" },
	{ "-f -v", "M -f, O verbose" },
	{ "-m comment --comment --json",
	  "M -m, M comment, M --comment, M --json" },
	{ "-mcomment --comment -v", "M -mcomment, M --comment, M -v" },
	{ "-m comment --comment=x -v",
	  "M -m, M comment, M --comment=x, O verbose" },
	{ "--match comment --comment --or",
	  "M --match, M comment, M --comment, M --or" },
	{ "-m comment --comment --", "M -m, M comment, M --comment, M --" },
	/* Without the match nobody knows what --comment is. */
	{ "--comment --json", "M --comment, O json" },
	/* A protocol brings its options along, once -p was read. */
	{ "-p tcp --dport -v", "M -p, M tcp, M --dport, M -v" },
	{ "-p tcp ! --dport -v", "M -p, M tcp, M !, M --dport, M -v" },
	{ "-ptcp --dport -v", "M -ptcp, M --dport, M -v" },
	{ "--protocol=tcp --dport -v", "M --protocol=tcp, M --dport, M -v" },
	{ "--dport -v", "M --dport, O verbose" },
	{ "-p tcp --dpo -v", "M -p, M tcp, M --dpo, M -v" },
	{ "-p tcp --syn -v", "M -p, M tcp, M --syn, O verbose" },
	{ "-p icmpv6 --icmpv6-type -v",
	  "M -p, M icmpv6, M --icmpv6-type, M -v" },
	{ "-p nosuch --dport -v", "M -p, M nosuch, M --dport, O verbose" },
	{ "-m nosuch -v", "M -m, M nosuch, O verbose" },
	/* Expressions, and what is a command's. */
	{ "-s 1.1.1.1 --or -d 2.2.2.2 -v --or -f",
	  "M -s, M 1.1.1.1, | 0, M -d 1, M 2.2.2.2 1, O verbose 1, | 1, "
	  "M -f 2" },
	{ "--or", "| 0" },
	/* The next expression has no protocol yet. */
	{ "-p tcp --or --dport -v",
	  "M -p, M tcp, | 0, M --dport 1, O verbose 1" },
	{ "-v -- ping -v --or", "O verbose, --" },
	{ "--", "--" },
	{ "-s --", "M -s, M --" },
	/* Who ends with an option that wants a value still has its words. */
	{ "-s", "M -s" },
	{ "-m", "M -m" },
};

static void append(char *to, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void append(char *to, size_t size, const char *fmt, ...)
{
	size_t at = strlen(to);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(to + at, size - at, fmt, ap);
	va_end(ap);
}

static void describe(char *to, size_t size, const struct word *w,
		     char *const argv[])
{
	const char *name = w->kind == WORD_OWN || w->kind == WORD_ERROR ?
		own[w->own].name : "";

	append(to, size, "%s", *to ? ", " : "");
	switch (w->kind) {
	case WORD_MATCH:
		append(to, size, "M %s%s", w->offset ? "-" : "",
		       argv[w->arg] + w->offset + !!w->offset);
		break;
	case WORD_OWN:
		append(to, size, "O %s", name);
		if (own[w->own].has_arg)
			append(to, size, "=%s",
			       argv[w->value_arg] + w->value_offset);
		break;
	case WORD_OR:
		append(to, size, "| %u", w->group);
		return;
	case WORD_END:
		append(to, size, "--");
		break;
	case WORD_ERROR:
		append(to, size, "E %s", name);
		break;
	}
	if (w->group)
		append(to, size, " %u", w->group);
}

/* The words of @line, cut at blanks; @line is written into. */
static int cut(char *line, char *argv[], int room)
{
	int argc = 1;

	argv[0] = line + strlen(line);
	for (char *word = strtok(line, " "); word; word = strtok(NULL, " ")) {
		assert_true(argc < room - 1);
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	return argc;
}

static void lines_are_sorted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char line[256], sorted[512] = "", *argv[32];
		struct words words;
		int argc;

		snprintf(line, sizeof(line), "%s", rows[i].line);
		argc = cut(line, argv, 32);
		assert_int_equal(words_split(argc, argv, own, &words), 0);
		for (unsigned int n = 0; n < words.count; n++)
			describe(sorted, sizeof(sorted), &words.word[n], argv);
		if (strcmp(sorted, rows[i].sorted) != 0)
			print_error("nftrace %s\n", rows[i].line);
		assert_string_equal(sorted, rows[i].sorted);
		words_free(&words);
	}
}

/* Each word of argv is in one piece of the result, but for a command's. */
static void none_is_lost(void **state)
{
	char line[] = "-vq -t 5 ! -s 1.1.1.1 --or -p tcp --dport=5 -m x --only=y";
	bool seen[32] = { false };
	struct words words;
	char *argv[32];
	int argc = cut(line, argv, 32);

	(void)state;
	assert_int_equal(words_split(argc, argv, own, &words), 0);
	for (unsigned int n = 0; n < words.count; n++) {
		const struct word *w = &words.word[n];

		assert_true(w->arg > 0 && w->arg < argc);
		seen[w->arg] = true;
		if (w->kind == WORD_OWN && own[w->own].has_arg)
			seen[w->value_arg] = true;
	}
	for (int i = 1; i < argc; i++)
		assert_true(seen[i]);
	words_free(&words);
	assert_null(words.word);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_sorted),
		cmocka_unit_test(none_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
