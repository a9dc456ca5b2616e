// SPDX-License-Identifier: GPL-2.0-or-later
/* reply_match: a match expression -> the one for what answers. */
#include "plan/reply_match.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "rules/base/units.h"

/* Words whose opposites are each other; a value that follows stays. */
static const char *const pairs[][2] = {
	{ "-s", "-d" },
	{ "--src", "--dst" },
	{ "--source", "--destination" },
	{ "--sport", "--dport" },
	{ "--source-port", "--destination-port" },
	{ "--sports", "--dports" },
	{ "--source-ports", "--destination-ports" },
	{ "--src-range", "--dst-range" },
	{ "--src-type", "--dst-type" },
	{ "--ctorigsrc", "--ctorigdst" },
};

/* -o becomes -i. */
static const char *const outs[] = { "-o", "--out-interface" };

/* Left out, with what follows: nothing that can be said of an answer. */
static const char *const dropped[] = {
	"-i", "--in-interface", "--tcp-flags", "--mac-source",
};

/* Words that come with more values than one. */
static int values(const char *word)
{
	return strcmp(word, "--tcp-flags") == 0 ? 2 : 1;
}

/* Values that say a direction. */
static const char *const answers[][2] = {
	{ "src", "dst" }, { "src,src", "dst,dst" }, { "src,dst", "dst,src" },
	{ "ORIGINAL", "REPLY" },
	{ "echo-request", "echo-reply" }, { "8", "0" }, { "128", "129" },
};

static const char *swap(const char *const list[][2], size_t count,
			const char *word, size_t len)
{
	for (size_t i = 0; i < count; i++)
		for (unsigned int side = 0; side < 2; side++)
			if (strlen(list[i][side]) == len &&
			    memcmp(list[i][side], word, len) == 0)
				return list[i][!side];
	return NULL;
}

static char *join(const char *a, const char *b)
{
	char *text = malloc(strlen(a) + strlen(b) + 1);

	if (text)
		strcat(strcpy(text, a), b);
	return text;
}

/* The word itself: "--sport", "--sport=80", "-s10.0.0.1". */
static char *turn_word(const char *word)
{
	const char *equals = strchr(word, '=');
	bool is_long = strncmp(word, "--", 2) == 0;
	size_t len = is_long ? equals ? (size_t)(equals - word) : strlen(word)
			     : 2;
	const char *other;

	if (word[0] != '-' || strlen(word) < 2)
		return strdup(word);
	for (size_t i = 0; i < 2; i++)
		if (strlen(outs[i]) == len && memcmp(outs[i], word, len) == 0)
			return join(i ? "--in-interface" : "-i", word + len);
	other = swap(pairs, ARRAY_SIZE(pairs), word, len);
	return other ? join(other, word + len) : strdup(word);
}

static char *turn_value(const char *option, const char *value)
{
	const char *other = NULL;
	bool takes = strcmp(option, "--icmp-type") == 0 ||
		strcmp(option, "--icmpv6-type") == 0 ||
		strcmp(option, "--ctdir") == 0;

	/* The second value of --match-set; the first is a set's name. */
	if (takes || strncmp(option, "--", 2) != 0)
		other = swap(answers, ARRAY_SIZE(answers), value,
			     strlen(value));
	return strdup(other ? other : value);
}

static bool is_dropped(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(dropped); i++)
		if (strcmp(dropped[i], word) == 0)
			return true;
	return strncmp(word, "-i", 2) == 0 && word[2];
}

/* A word of tcpdump's, at the beginning of @text: is it @name? */
static bool begins(const char *text, const char *name)
{
	size_t len = strlen(name);

	return strncmp(text, name, len) == 0 && !isalnum((unsigned char)text[len]);
}

/* A filter of tcpdump's, or a part: src is dst, and the other way round. */
static char *turn_filter(const char *text, bool *says_ends)
{
	static const char *const ends[] = {
		"src", "dst", "host", "net", "port", "portrange",
	};
	char *turned = strdup(text);

	for (char *at = turned; at && *at; at++) {
		if (at > turned && isalnum((unsigned char)at[-1]))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
			*says_ends |= begins(at, ends[i]);
		if (begins(at, "src"))
			memcpy(at, "dst", 3);
		else if (begins(at, "dst"))
			memcpy(at, "src", 3);
	}
	return turned;
}

static void add(struct expression *to, char *word)
{
	if (word)
		to->argv[to->argc++] = word;
}

/* Return: words used up behind number @i. */
static int drop(const struct expression *from, int i, struct expression *to)
{
	bool glued = from->argv[i][1] != '-' && from->argv[i][2];

	if (to->argc && strcmp(to->argv[to->argc - 1], "!") == 0)
		free(to->argv[--to->argc]);
	return glued ? 0 : values(from->argv[i]);
}

bool reply_match_make(const struct expression *from, struct expression *to)
{
	static const char *const ends[] = { "-s", "-d", "--s", "--d" };
	const char *option = "";
	bool says_ends = false, filter;

	*to = (struct expression) {
		.argv = calloc((size_t)from->argc + 1, sizeof(*to->argv)),
		.behind_nat = from->behind_nat, .optional = from->optional,
	};
	for (int i = 0; to->argv && i < from->argc; i++) {
		const char *word = from->argv[i];

		if (is_dropped(word)) {
			i += drop(from, i, to);
			continue;
		}
		/* There is no answer to a SYN that is one. */
		if (strcmp(word, "--syn") == 0)
			continue;
		if (word[0] != '-') {
			filter = !*option || strcmp(option, "--filter") == 0;
			add(to, filter ? turn_filter(word, &says_ends)
				       : turn_value(option, word));
			/* Behind a set's name comes a direction. */
			option = strcmp(option, "--match-set") == 0 ? "-" : "";
			continue;
		}
		option = word;
		add(to, turn_word(word));
		for (size_t e = 0; e < 4; e++)
			says_ends |= strncmp(word, ends[e],
					     strlen(ends[e])) == 0;
		says_ends |= strcmp(word, "--match-set") == 0 ||
			strcmp(word, "-o") == 0;
	}
	return to->argv && says_ends;
}

void reply_match_free(struct expression *e)
{
	for (int i = 0; i < e->argc; i++)
		free(e->argv[i]);
	free(e->argv);
	memset(e, 0, sizeof(*e));
}
