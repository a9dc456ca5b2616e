// SPDX-License-Identifier: GPL-2.0-or-later
/* complete: --complete: what could stand in a word of the command line, for a shell. */
#include "supervisor/complete.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit_status.h"
#include "cli/option_parse.h"
#include "rules/base/units.h"
#include "supervisor/complete_names.h"
#include "supervisor/netns.h"

/* What is typed, and what stands before the part that is completed: "--only=drop,". */
struct typed {
	const char *before;
	size_t len;
	const char *word;
};

/*
 * Names are strangers', and bash puts them into the line as they are: what drives a
 * terminal, is several words to a shell, or has it do something, is left out.
 */
static bool is_word_plain(const char *name)
{
	static const char doing[] = "$`\\\"'|&;<>()*?[]{}!";

	if (strchr("~#", *name))
		return false;
	while (isgraph((unsigned char)*name) && !strchr(doing, *name))
		name++;
	return !*name;
}

static void put(void *arg, const char *name)
{
	const struct typed *t = arg;

	if (is_word_plain(name) && strncmp(name, t->word, strlen(t->word)) == 0)
		printf("%.*s%s\n", (int)t->len, t->before, name);
}

static const char fates_and_more[] = "nat changed table= chain= in= out= state=";
static const char states[] = "INVALID NEW ESTABLISHED RELATED UNTRACKED";

/* Words of tcpdump's that can begin a filter, or go on with it. */
static const char filter[] = "and dst greater host icmp icmp6 ip ip6 less net not or "
	"port portrange proto src tcp udp";

static void put_words(struct typed *t, const char *words)
{
	char word[32];

	for (; *words; words += strspn(words, " ")) {
		size_t len = strcspn(words, " ");

		snprintf(word, sizeof(word), "%.*s", (int)len, words);
		put(t, word);
		words += len;
	}
}

/* What is behind the last of words that commas separate. */
static void skip_list(struct typed *t)
{
	const char *comma = strrchr(t->word, ',');

	if (!comma)
		return;
	t->len += (size_t)(comma + 1 - t->word);
	t->word = comma + 1;
}

static void put_expect(struct typed *t)
{
	skip_list(t);
	complete_names_fates(put, t);
}

static void put_interfaces(struct typed *t)
{
	complete_names_interfaces(put, t);
}

static void put_netns(struct typed *t)
{
	complete_names_netns(put, t);
}

static void put_pods(struct typed *t)
{
	complete_names_pods(put, t);
}

static void put_containers(struct typed *t)
{
	complete_names_containers(put, t);
}

static void put_states(struct typed *t)
{
	skip_list(t);
	put_words(t, states);
}

static void put_tables(struct typed *t)
{
	complete_names_tables(put, t);
}

static void put_chains(struct typed *t)
{
	complete_names_chains(put, t);
}

/* What a word of --only can name. */
static const struct {
	const char *word;
	void (*put)(struct typed *t);
} of_only[] = {
	{ "table=", put_tables }, { "chain=", put_chains },
	{ "in=", put_interfaces }, { "out=", put_interfaces },
	{ "state=", put_states },
};

static void put_only(struct typed *t)
{
	skip_list(t);
	t->len += *t->word == '!';
	t->word += *t->word == '!';
	for (size_t i = 0; i < ARRAY_SIZE(of_only); i++) {
		size_t len = strlen(of_only[i].word);

		if (strncmp(t->word, of_only[i].word, len) != 0)
			continue;
		t->len += len;
		t->word += len;
		of_only[i].put(t);
		return;
	}
	complete_names_fates(put, t);
	put_words(t, fates_and_more);
}

/* The value of an option: words, or who finds them. */
static const struct value {
	const char *option;
	const char *words;
	void (*put)(struct typed *t);
} values[] = {
	{ "only", NULL, put_only },
	{ "expect", NULL, put_expect },
	{ "in-interface", NULL, put_interfaces },
	{ "out-interface", NULL, put_interfaces },
	{ "physdev-in", NULL, put_interfaces },
	{ "physdev-out", NULL, put_interfaces },
	{ "netns", NULL, put_netns },
	{ "pod", NULL, put_pods }, { "container", NULL, put_containers },
	{ "ctstate", NULL, put_states },
	{ "state", NULL, put_states },
	{ "filter", filter, NULL },
	{ "protocol", "tcp udp icmp icmpv6 sctp esp ah all", NULL },
	{ "chain", "PREROUTING OUTPUT", NULL },
	{ "backend", "auto legacy nft", NULL },
	{ "color", "auto always never", NULL },
	{ "icmp-type", "echo-request echo-reply destination-unreachable "
	  "time-exceeded", NULL },
	{ "icmpv6-type", "echo-request echo-reply destination-unreachable "
	  "packet-too-big time-exceeded", NULL },
	{ "tcp-flags", "SYN,ACK,FIN,RST ALL NONE", NULL },
	{ "pkt-type", "unicast broadcast multicast", NULL },
	{ "src-type", "UNICAST LOCAL BROADCAST MULTICAST", NULL },
	{ "dst-type", "UNICAST LOCAL BROADCAST MULTICAST", NULL },
	{ "user", "@user", NULL }, { "uid-owner", "@user", NULL },
	{ "pcap", "@file", NULL }, { "graph", "@file", NULL },
	{ "report", "@file", NULL }, { "read", "@file", NULL },
	{ "diff", "@file", NULL },
	{ "rules", "@file", NULL },
};

static void put_value(const char *option, struct typed *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		if (strcmp(values[i].option, option) != 0)
			continue;
		if (values[i].put)
			values[i].put(t);
		else if (*values[i].words == '@')
			puts(values[i].words);
		else
			put_words(t, values[i].words);
		return;
	}
}

/* Lines of words_next(): options, names of matches, or "@OPTION" for its value. */
static void put_answer(char *text, struct typed *t)
{
	char *save = NULL, *line = strtok_r(text, "\n", &save);
	bool options = line && *line == '-';

	if (line && strcmp(line, "@command") == 0) {
		puts(line);
		return;
	}
	if (line && *line == '@') {
		put_value(line + 1, t);
		return;
	}
	for (; line; line = strtok_r(NULL, "\n", &save))
		put(t, line);
	if (options && isalpha((unsigned char)*t->word))
		put_words(t, filter);
}

/* Names are those of the namespace that the line is about. */
static void enter_netns(int argc, char *argv[])
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strncmp(argv[i], "--netns=", 8) == 0)
			netns_enter(argv[i] + 8);
		else if (strcmp(argv[i], "--netns") == 0 && i + 1 < argc)
			netns_enter(argv[i + 1]);
	}
}

/* "--only=dr" is the value of an option that stands before it. */
static int complete_word(int argc, char *argv[], char *word)
{
	struct typed t = { .before = word, .word = word };
	char **before = calloc((size_t)argc + 2, sizeof(*before));
	char *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
	char option[64], *text;
	int status = before ? 0 : STATUS_FAILURE;

	if (before)
		memcpy(before, argv, (size_t)argc * sizeof(*before));
	if (before && equals) {
		t.word = equals + 1;
		t.len = (size_t)(t.word - word);
		snprintf(option, sizeof(option), "%.*s", (int)t.len - 1, word);
		before[argc++] = option;
	}
	text = before ? options_next(argc, before) : NULL;
	if (text)
		put_answer(text, &t);
	else
		status = STATUS_FAILURE;
	free(text);
	free(before);
	return status;
}

int complete_main(int argc, char *argv[])
{
	char *equals = strchr(argv[0], '='), *text;
	int status = 0;

	if (equals) {
		enter_netns(argc, argv);
		status = complete_word(argc, argv, equals + 1);
	} else {
		text = options_next(argc, argv);
		if (text)
			fputs(text, stdout);
		else
			status = STATUS_FAILURE;
		free(text);
	}
	return fflush(stdout) == 0 ? status : STATUS_FAILURE;
}
