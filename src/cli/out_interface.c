// SPDX-License-Identifier: GPL-2.0-or-later
/* out_interface: -i IN -o OUT, the natural words for what is forwarded. */
#include "cli/out_interface.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "cli/options.h"

/* An option of its own, and not the value of the one before; its index, or -1. */
static int find(const struct expression *e, const char *brief, const char *name)
{
	for (int i = 0; i + 1 < e->argc; i++)
		if ((!strcmp(e->argv[i], brief) || !strcmp(e->argv[i], name)) &&
		    (i == 0 || strncmp(e->argv[i - 1], "--", 2) != 0))
			return i;
	return -1;
}

/* "+" at the end of a name is "*" there. */
static char *word_of(const char *name, bool not, const char *before)
{
	size_t len = strlen(name);
	bool plus = name[len - 1] == '+';
	char *only = NULL;

	if (asprintf(&only, "%s%s%sout=%.*s%s", before ? before : "",
		     before ? "," : "", not ? "!" : "", (int)(len - plus), name,
		     plus ? "*" : "") < 0)
		return NULL;
	return only;
}

static void cut(struct expression *e, int at, int count)
{
	memmove(&e->argv[at], &e->argv[at + count],
		(size_t)(e->argc - at - count + 1) * sizeof(*e->argv));
	e->argc -= count;
}

bool out_interface_take(struct options *o)
{
	struct expression *e = &o->expression[0];
	int out;
	const char *name;
	char *only;
	bool not;

	if (o->expressions != 1 || find(e, "-i", "--in-interface") < 0)
		return true;
	out = find(e, "-o", "--out-interface");
	if (out < 0 || !e->argv[out + 1][0] || strchr(e->argv[out + 1], ','))
		return true;
	name = e->argv[out + 1];
	not = out > 0 && strcmp(e->argv[out - 1], "!") == 0;
	only = word_of(name, not, o->only);
	if (!only) {
		msg("error: no memory");
		return false;
	}
	free(o->only);
	o->only = only;
	msg("note: what comes in has no out-interface yet where the trace begins: "
	    "'%s-o %s' chooses what is printed (--only %s)", not ? "! " : "",
	    name, only);
	cut(e, not ? out - 1 : out, not ? 3 : 2);
	return true;
}
