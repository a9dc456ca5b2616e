// SPDX-License-Identifier: GPL-2.0-or-later
/* parse_bare: words of an expression that belong to no option: a filter of tcpdump's. */
#include "rules/match/parse_bare.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xtables.h>

#include "rules/match/parse.h"

/* What was there is gone. */
static void put(char **to, char *text)
{
	if (!text)
		xtables_error(OTHER_PROBLEM, "out of memory");
	free(*to);
	*to = text;
}

static __attribute__((format(printf, 1, 2)))
char *print(const char *fmt, ...)
{
	char *text;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	return n < 0 ? NULL : text;
}

/* To libpcap no words are all packets. */
static void refuse_empty(struct parse *p, const char *text)
{
	if (!text[strspn(text, " \t\n")])
		parse_refuse(p, MATCH_BAD, "'%s' is no match: a word is empty",
			     text);
}

void parse_bare_whole(struct parse *p, const char *text)
{
	refuse_empty(p, text);
	put(&p->filter, p->filter ? print("(%s) and (%s)", p->filter, text)
				  : print("%s", text));
}

void parse_bare_word(struct parse *p, const char *word)
{
	refuse_empty(p, word);
	put(&p->bare, print("%s%s%s%s", p->bare ? p->bare : "",
			    p->bare ? " " : "", p->invert ? "! " : "", word));
}
