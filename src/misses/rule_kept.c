// SPDX-License-Identifier: GPL-2.0-or-later
/* rule_kept: what was read off rules' texts, kept for the next packet. */
#include "misses/rule_kept.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct slot {
	void *(*by)(struct strview text);	/* NULL: nothing is kept here */
	void *what;
	char *text;
	size_t len;
};

struct rule_kept {
	struct slot slot[RULE_KEPT];
};

struct rule_kept *rule_kept_open(void)
{
	return calloc(1, sizeof(struct rule_kept));
}

static void forget(struct slot *s)
{
	free(s->what);
	free(s->text);
	*s = (struct slot){ .by = NULL };
}

void rule_kept_close(struct rule_kept *k)
{
	for (unsigned int i = 0; k && i < RULE_KEPT; i++)
		forget(&k->slot[i]);
	free(k);
}

static bool is_of(const struct slot *s, struct strview text,
		  void *(*read)(struct strview text))
{
	return s->by == read && s->len == text.len &&
	       memcmp(s->text, text.at, text.len) == 0;
}

static void keep(struct slot *s, struct strview text,
		 void *(*read)(struct strview text))
{
	forget(s);
	s->what = read(text);
	s->text = malloc(text.len + 1);
	if (!s->what || !s->text) {
		forget(s);
		return;
	}
	memcpy(s->text, text.at, text.len);
	s->len = text.len;
	s->by = read;
}

const void *rule_kept_find(struct rule_kept *k, uint32_t index, struct strview text,
			   void *(*read)(struct strview text))
{
	struct slot *s = &k->slot[index % RULE_KEPT];

	if (!is_of(s, text, read))
		keep(s, text, read);
	return s->what;
}
