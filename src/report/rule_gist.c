// SPDX-License-Identifier: GPL-2.0-or-later
/* rule_gist: a rule's text without what says nothing of the rule. */
#include "report/rule_gist.h"

#include <string.h>

#include "place/place_types.h"
#include "report/rule_pieces.h"
#include "rules/base/strview.h"

/* "-A CHAIN" and "-P CHAIN", which the place says. */
static struct strview behind_chain(const struct place *at)
{
	struct strview text = { at->rule, at->rule_len };
	size_t head = 3 + (size_t)at->chain_len + 1;

	return text.len > head && *text.at == '-' ? strview_behind(text, head)
						  : text;
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
	bool xtables = at->rule_len && *at->rule == '-';
	struct rule_pieces pieces;
	enum rule_piece kind;
	struct strview words;
	size_t len = 0;

	rule_pieces_begin(&pieces, behind_chain(at), xtables);
	while (rule_pieces_next(&pieces, &words, &kind)) {
		if (kind == PIECE_HASH)
			continue;
		if (kind == PIECE_COMMENT && !xtables)
			put(buf, size, &len, (struct strview){ "comment", 7 });
		put(buf, size, &len, words);
	}
	return len;
}
