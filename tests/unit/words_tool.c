// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * words_tool: what nftrace makes of many expressions, in one process.
 *
 * stdin holds records of strings, each ended by a NUL: a name, the family (4
 * or 6), the number of words, the words.  For each, "-A NAME RULE" of every
 * rule, or "NAME refused: why".
 *
 * words_tool chains: "chains NAME PREROUTING OUTPUT unchecked" as well: the chains
 * of raw that can hold it, and whether the kernel may refuse it all the same.
 *
 * words_tool nft: an nft table for each as well, in force until SIGTERM;
 * "armed" once all are, then "NAME PACKETS" (" late": from behind conntrack).
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option_parse.h"
#include "cli/options.h"
#include "rules/base/family.h"
#include "rules/base/owner.h"
#include "rules/legacy/trace_rules.h"
#include "rules/match/match.h"
#include "rules/match/match_traits.h"
#include "rules/nft/found.h"
#include "rules/nft/trigger.h"

static char *line;
static size_t room;

static char *read_string(void)
{
	return getdelim(&line, &room, '\0', stdin) < 0 ? NULL : strdup(line);
}

static bool nft, chains;

static void print_result(const char *name, const struct match_result *m)
{
	unsigned int can = match_traits_chains(m->traits);

	if (chains && m->status == MATCH_OK)
		printf("chains %s%s%s%s\n", name,
		       can & TRACE_PREROUTING ? " PREROUTING" : "",
		       can & TRACE_OUTPUT ? " OUTPUT" : "",
		       m->unchecked[0] ? " unchecked" : "");
	if (m->status != MATCH_OK)
		printf("%s refused: %s\n", name, m->message);
	for (unsigned int i = 0; m->status == MATCH_OK && i < m->count; i++)
		printf("-A %s%s\n", name, match_entry_text(m, i));
}

/* A table that is in force. */
struct table {
	char name[16];
	const struct family *f;
	struct owner owner;
	bool late;
};

enum { TABLES = 1024 };
static struct table table[TABLES];
static unsigned int tables;

static void install(const char *name, const struct family *f,
		    const struct match_result *m)
{
	struct trace_set rules = { .family = f, .count = m->count };
	struct nft_trigger_set set = { .use = true, .rules = &rules };
	struct table *t = &table[tables];
	int err = -ENOMEM;
	uint8_t witness;

	rules.rule = calloc(m->count + 1, sizeof(*rules.rule));
	for (unsigned int i = 0; rules.rule && i < m->count; i++) {
		rules.rule[i].chains = TRACE_BOTH;
		rules.rule[i].late = m->traits & MATCH_CONNTRACK;
		rules.rule[i].entry = (void *)match_entry_bytes(m, i);
	}
	if (rules.rule && tables < TABLES && owner_init(&t->owner, 0) == 0)
		err = nft_trigger_install(f, &set, &t->owner, &witness);
	free(rules.rule);
	if (err < 0) {
		printf("%s refused: by the kernel: %s\n", name,
		       strerror(-err));
		return;
	}
	snprintf(t->name, sizeof(t->name), "%s", name);
	t->f = f;
	t->late = m->traits & MATCH_CONNTRACK;
	tables++;
}

static void wait_and_count(void)
{
	sigset_t set;
	int sig;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	printf("armed\n");
	fflush(stdout);
	sigwait(&set, &sig);
	for (unsigned int i = 0; i < tables; i++) {
		struct trace_removed done = { 0 };
		int err = nft_trigger_remove(table[i].f, &table[i].owner,
					     &done);

		if (err)
			printf("%s lost: %s\n", table[i].name,
			       strerror(-err));
		else
			printf("%s %llu%s\n", table[i].name,
			       (unsigned long long)done.packets,
			       table[i].late ? " late" : "");
	}
}

static int parse(const char *name, const struct family *f, int argc,
		 char *argv[])
{
	struct match_request req = { .family = f, .nft = nft };
	const struct match_result *m;
	struct helper_result res;
	struct options o;
	struct helper h;
	int err = 0;

	if (options_parse(&o, argc, argv)) {
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
			if (nft && m->status == MATCH_OK)
				install(name, f, m);
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

int main(int argc, char *argv[])
{
	nft = argc > 1 && strcmp(argv[1], "nft") == 0;
	chains = argc > 1 && strcmp(argv[1], "chains") == 0;
	while (do_record() == 0)
		;
	if (nft)
		wait_and_count();
	free(line);
	return feof(stdin) ? 0 : 1;
}
