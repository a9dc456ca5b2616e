// SPDX-License-Identifier: GPL-2.0-or-later
/* rule_kept: what was read off rules' texts, kept for the next packet. */
#include "misses/rule_kept.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "misses/shared.h"

struct slot {
	rule_kept_read *by;	/* NULL: nothing is kept here */
	void *what;
	char *text;
	size_t len;
};

struct rule_kept {
	size_t bytes;		/* of all texts */
	struct shared shared;
	struct slot slot[RULE_KEPT];
};

struct rule_kept *rule_kept_open(void)
{
	return calloc(1, sizeof(struct rule_kept));
}

static void forget(struct rule_kept *k, struct slot *s)
{
	k->bytes -= s->len;
	free(s->what);
	free(s->text);
	*s = (struct slot){ .by = NULL };
}

static void forget_all(struct rule_kept *k)
{
	for (unsigned int i = 0; i < RULE_KEPT; i++)
		forget(k, &k->slot[i]);
	shared_forget(&k->shared);
}

void rule_kept_close(struct rule_kept *k)
{
	if (k)
		forget_all(k);
	free(k);
}

static bool is_of(const struct slot *s, struct strview text,
		  rule_kept_read *read)
{
	return s->by == read && s->len == text.len &&
	       memcmp(s->text, text.at, text.len) == 0;
}

static void keep(struct rule_kept *k, struct slot *s, struct strview text,
		 rule_kept_read *read)
{
	forget(k, s);
	/* What is read is many times as long as its text: sets of thousands of elements. */
	if (k->bytes && k->bytes + text.len > RULE_KEPT_TEXT)
		forget_all(k);
	s->what = read(text, &k->shared);
	s->text = malloc(text.len + 1);
	if (!s->what || !s->text) {
		forget(k, s);
		return;
	}
	memcpy(s->text, text.at, text.len);
	s->len = text.len;
	s->by = read;
	k->bytes += text.len;
}

const void *rule_kept_find(struct rule_kept *k, uint32_t index, struct strview text,
			   rule_kept_read *read)
{
	struct slot *s = &k->slot[index % RULE_KEPT];

	if (!is_of(s, text, read))
		keep(k, s, text, read);
	return s->what;
}

struct shared *rule_kept_shared(struct rule_kept *k)
{
	return &k->shared;
}
