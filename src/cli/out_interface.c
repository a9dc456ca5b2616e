// SPDX-License-Identifier: GPL-2.0-or-later
/* out_interface: -i IN -o OUT, the natural words for what is forwarded. */
#include "cli/out_interface.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "cli/match_option.h"
#include "cli/options.h"

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
	struct match_option in, out;
	char *only;
	bool not;

	/* A pod stands for -i. */
	if (o->expressions != 1 || (!o->pod && !o->container &&
	     !match_option_find(e, "-i", "--in-interface", &in)) ||
	    !match_option_find(e, "-o", "--out-interface", &out) ||
	    strchr(out.value, ','))
		return true;
	not = out.at > 0 && strcmp(e->argv[out.at - 1], "!") == 0;
	only = word_of(out.value, not, o->only);
	if (!only) {
		msg("error: no memory");
		return false;
	}
	free(o->only);
	o->only = only;
	msg("note: what comes in has no out-interface yet where the trace begins: "
	    "'%s-o %s' chooses what is printed (--only %s)", not ? "! " : "",
	    out.value, only);
	cut(e, out.at - not, out.words + not);
	return true;
}
