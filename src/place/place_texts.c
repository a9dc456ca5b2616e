// SPDX-License-Identifier: GPL-2.0-or-later
/* place_texts: the texts that were allocated for a place, and its line of output. */
#include "place/place_texts.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "place/place_types.h"

void place_texts_free(struct place_texts *t)
{
	free(t->prefix);
	free(t->rule);
	free(t->line);
	free(t->target);
}

/* A chain's name must not look like the end of the prefix and a rule behind it. */
static size_t put_prefix(char *to, size_t size, const char *text, size_t len)
{
	const char *parting;
	size_t n = 0;

	while ((parting = memmem(text, len, "  \"", 3))) {
		size_t head = (size_t)(parting - text) + 1;

		n += escape_text(to + n, size - n, text, head);
		memcpy(to + n, "\\x20", 4);
		n += 4;
		text += head + 1;
		len -= head + 1;
	}
	return n + escape_text(to + n, size - n, text, len);
}

/* A line of output: the prefix, two blanks, the rule in quotes. */
bool place_build_line(struct place *p, struct place_texts *t)
{
	size_t room = 4 * ((size_t)p->prefix_len + p->rule_len) + 16;
	char *line = malloc(room), *cut;
	size_t n;

	if (!line)
		return false;
	n = put_prefix(line, room, p->prefix, p->prefix_len);
	if (p->rule_len) {
		memcpy(line + n, "  \"", 3);
		n += 3;
		n += escape_text(line + n, room - n, p->rule, p->rule_len);
		line[n++] = '"';
	}
	line[n++] = '\n';
	cut = realloc(line, n);
	p->line = t->line = cut ? cut : line;
	p->line_len = (uint32_t)n;
	return true;
}
