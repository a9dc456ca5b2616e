/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule_text: the words of a rule's text, one after the other. */
#ifndef NFTRACE_RULE_TEXT_H
#define NFTRACE_RULE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "rules/base/strview.h"
#include "rules/base/units.h"

/* The next word, which stays where it is. */
static inline bool rule_text_peek(struct strview rest, struct strview *word)
{
	return strview_quoted(&rest, word);
}

static inline void rule_text_skip(struct strview *rest, unsigned int words)
{
	struct strview word;

	while (words-- && strview_quoted(rest, &word))
		;
}

/* Return: false: the next word is another one, and stays where it is. */
static inline bool rule_text_take(struct strview *rest, const char *word)
{
	struct strview next = *rest;

	while (next.len && *next.at == ' ')
		next = strview_behind(next, 1);
	if (!strview_take(&next, word) || (next.len && *next.at != ' '))
		return false;
	*rest = next;
	return true;
}

static inline bool rule_text_is_any(struct strview word,
				    const char *const words[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strview_is(word, words[i]))
			return true;
	return false;
}

#define RULE_TEXT_IS_ANY(word, words) \
	rule_text_is_any(word, words, ARRAY_SIZE(words))

#endif
