// SPDX-License-Identifier: GPL-2.0-or-later
/* sentences: texts made of what packets met, each kept once, to the end. */
#include "reader/sentences.h"

#include <stdlib.h>
#include <string.h>

const char *sentences_keep(struct sentences *s, const char *text)
{
	for (unsigned int i = 0; i < s->count; i++)
		if (strcmp(s->text[i], text) == 0)
			return s->text[i];
	if (s->count == SENTENCES)
		return NULL;
	s->text[s->count] = strdup(text);
	return s->text[s->count] ? s->text[s->count++] : NULL;
}

void sentences_close(struct sentences *s)
{
	while (s->count)
		free(s->text[--s->count]);
}
