// SPDX-License-Identifier: GPL-2.0-or-later
/* match_option: where an option of iptables' stands among the words of an expression. */
#include "cli/match_option.h"

#include <string.h>

#include "cli/options.h"

static const char *behind(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word, name, len) == 0 ? word + len : NULL;
}

static bool is_option(const struct expression *e, int i, const char *brief,
		      const char *name, struct match_option *m)
{
	const char *word = e->argv[i], *glued = behind(word, brief);

	if (!glued)
		glued = behind(word, name);
	if (!glued || (word[1] == '-' && *glued && *glued != '='))
		return false;
	m->at = i;
	m->words = *glued ? 1 : 2;
	m->value = *glued ? glued + (*glued == '=') : e->argv[i + 1];
	return m->value && *m->value;
}

bool match_option_find(const struct expression *e, const char *brief,
		       const char *name, struct match_option *m)
{
	for (int i = 0; i < e->argc; i++)
		if ((i == 0 || strncmp(e->argv[i - 1], "--", 2) != 0) &&
		    is_option(e, i, brief, name, m))
			return true;
	return false;
}
