/* SPDX-License-Identifier: GPL-2.0-or-later */
/* component_match: patterns of names, and what a rule's text has beside its conditions. */
#ifndef NFTRACE_COMPONENT_MATCH_H
#define NFTRACE_COMPONENT_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "rules/base/strview.h"

enum { PATTERN_PIECES = 6 };

/* What the stars of patterns stood for, in order. */
struct pattern_pieces {
	struct strview at[PATTERN_PIECES];
	unsigned int count;
};

/**
 * pattern_fits - does all of @text look like this?
 * @pattern: "*" is one byte or more, as few as will do, and kept in @pieces;
 *	"~" any bytes or none; "+" a word; others stand for themselves
 */
bool pattern_fits(const char *pattern, struct strview text,
		  struct pattern_pieces *pieces);

/** pattern_may_fit - false: it does not, by what stands in front of its first star */
static inline bool pattern_may_fit(const char *p, struct strview text)
{
	for (size_t n = 0; p[n] && p[n] != '*' && p[n] != '~' && p[n] != '+'; n++)
		if (n == text.len || text.at[n] != p[n])
			return false;
	return true;
}

/**
 * rule_comment - the next comment of a rule, in iptables' or nft's words
 * @rest: the rule's text to begin with; gets what is behind the comment
 * @room: of @size bytes, for one without its quotes; the comment may point there
 */
bool rule_comment(struct strview *rest, struct strview *comment, char *room,
		  size_t size);

/** rule_calls - the chain to which a rule's text jumps or goes; .len 0: none */
struct strview rule_calls(struct strview text);

#endif
