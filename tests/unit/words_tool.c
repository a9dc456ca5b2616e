// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * words_tool: what nftrace makes of many expressions, in one process.
 *
 * stdin holds records of strings, each ended by a NUL: a name, the family (4
 * or 6), the number of words, the words.  For each, "-A NAME RULE" of every
 * rule, or "NAME refused: why".
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "family.h"
#include "match.h"
#include "options.h"

static char *line;
static size_t room;

static char *read_string(void)
{
	return getdelim(&line, &room, '\0', stdin) < 0 ? NULL : strdup(line);
}

static void print_result(const char *name, const struct match_result *m)
{
	if (m->status != MATCH_OK)
		printf("%s refused: %s\n", name, m->message);
	for (unsigned int i = 0; m->status == MATCH_OK && i < m->count; i++)
		printf("-A %s%s\n", name, match_entry_text(m, i));
}

static int parse(const char *name, const struct family *f, int argc,
		 char *argv[])
{
	struct match_request req = { .family = f };
	const struct match_result *m;
	struct helper_result res;
	struct options o;
	struct helper h;
	int err = 0;

	if (!options_parse(&o, argc, argv)) {
		printf("%s refused: as a command line\n", name);
	} else if (o.expressions != 1) {
		printf("%s refused: %u expressions\n", name, o.expressions);
	} else {
		req.argc = o.expression[0].argc;
		req.argv = o.expression[0].argv;
		err = match_start(&h, &req);
		if (!err)
			err = match_finish(&h, &res, &m);
		if (!err) {
			print_result(name, m);
			helper_release(&res);
		}
	}
	options_free(&o);
	return err;
}

/* Return: 0, or 1 at the end or when something is wrong. */
static int do_record(void)
{
	char *name = read_string(), *family = read_string();
	char *number = read_string(), **argv;
	int argc = number ? atoi(number) : 0, err;

	if (!name || !number)
		return 1;
	argv = calloc((size_t)argc + 2, sizeof(*argv));
	if (!argv)
		return 1;
	argv[0] = (char *)"nftrace";
	for (int i = 1; i <= argc; i++)
		argv[i] = read_string();
	err = parse(name, *family == '4' ? &family_ipv4 : &family_ipv6,
		    argc + 1, argv);
	if (err)
		fprintf(stderr, "%s: %s\n", name, strerror(-err));
	for (int i = 1; i <= argc; i++)
		free(argv[i]);
	free(argv);
	free(name);
	free(family);
	free(number);
	return err != 0;
}

int main(void)
{
	while (do_record() == 0)
		;
	free(line);
	return feof(stdin) ? 0 : 1;
}
