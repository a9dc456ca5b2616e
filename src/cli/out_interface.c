// SPDX-License-Identifier: GPL-2.0-or-later
/* out_interface: -i IN -o OUT, the natural words for what is forwarded. */
#include "cli/out_interface.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "cli/options.h"

/* Where an option is, how many words it takes, and its value. */
struct place_of {
	int at, words;
	const char *value;
};

static const char *behind(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word, name, len) == 0 ? word + len : NULL;
}

/* "-o eth1", "-oeth1", "--out-interface eth1", "--out-interface=eth1" */
static bool is_option(const struct expression *e, int i, const char *brief,
		      const char *name, struct place_of *p)
{
	const char *word = e->argv[i], *glued = behind(word, brief);

	if (!glued)
		glued = behind(word, name);
	if (!glued || (word[1] == '-' && *glued && *glued != '='))
		return false;
	p->at = i;
	p->words = *glued ? 1 : 2;
	p->value = *glued ? glued + (*glued == '=') : e->argv[i + 1];
	return p->value && *p->value;
}

/* An option of its own, and not the value of the one before. */
static bool find(const struct expression *e, const char *brief,
		 const char *name, struct place_of *p)
{
	for (int i = 0; i < e->argc; i++)
		if ((i == 0 || strncmp(e->argv[i - 1], "--", 2) != 0) &&
		    is_option(e, i, brief, name, p))
			return true;
	return false;
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
	struct place_of in, out;
	char *only;
	bool not;

	if (o->expressions != 1 || !find(e, "-i", "--in-interface", &in) ||
	    !find(e, "-o", "--out-interface", &out) || strchr(out.value, ','))
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
