// SPDX-License-Identifier: GPL-2.0-or-later
/* rule_gist: a rule's text without what says nothing of the rule. */
#include "report/rule_gist.h"

#include <string.h>

#include "place/place_types.h"
#include "rules/base/strview.h"

/* What programs write into comments to know a rule again. */
static bool is_hash(struct strview comment)
{
	strview_take(&comment, "\"");
	return strview_starts(comment, "cali:");
}

/* "-A CHAIN" and "-P CHAIN", which the place says. */
static struct strview behind_chain(const struct place *at)
{
	struct strview text = { at->rule, at->rule_len };
	size_t head = 3 + (size_t)at->chain_len + 1;

	return text.len > head && *text.at == '-' ? strview_behind(text, head)
						  : text;
}

/* Is it "-m comment --comment"?  Then the comment is what is left. */
static bool take_comment(struct strview *rest)
{
	struct strview after = *rest, word;

	if (!strview_quoted(&after, &word) || !strview_is(word, "-m") ||
	    !strview_quoted(&after, &word) || !strview_is(word, "comment") ||
	    !strview_quoted(&after, &word) || !strview_is(word, "--comment"))
		return false;
	*rest = after;
	return true;
}

/* nft's is the last of a rule: comment "..." */
static bool take_nft_comment(struct strview *rest)
{
	struct strview after = *rest, word;

	if (!strview_quoted(&after, &word) || !strview_is(word, "comment"))
		return false;
	*rest = after;
	return true;
}

static void put(char *buf, size_t size, size_t *len, struct strview word)
{
	size_t blank = *len ? 1 : 0;

	if (*len + blank + word.len > size)
		return;
	if (blank)
		buf[(*len)++] = ' ';
	memcpy(buf + *len, word.at, word.len);
	*len += word.len;
}

size_t rule_gist(char *buf, size_t size, const struct place *at)
{
	struct strview rest = behind_chain(at), before, word;
	size_t len = 0;

	for (;;) {
		bool comment = take_comment(&rest);

		before = rest;
		if (!comment && take_nft_comment(&rest)) {
			comment = strview_quoted(&rest, &word) && is_hash(word);
			if (comment)
				continue;
			rest = before;
		}
		if (!strview_quoted(&rest, &word))
			return len;
		if (!comment || !is_hash(word))
			put(buf, size, &len, word);
	}
}
