// SPDX-License-Identifier: GPL-2.0-or-later
/* mark_rule: what a rule makes of the mark of a packet that meets it. */
#include "misses/mark_rule.h"

#include <stddef.h>

/* Behind the last @words of a text; false: it has none.  iptables' comments stand in front of a target. */
static bool behind_last(struct strview text, const char *words, size_t len,
			struct strview *rest)
{
	bool found = false;

	for (size_t at = strview_find(text, words); at < text.len;
	     at = strview_find(text, words)) {
		text = strview_behind(text, at + len);
		*rest = text;
		found = true;
	}
	return found;
}

#define BEHIND_LAST(text, words, rest) \
	behind_last(text, words, sizeof(words) - 1, rest)

/* A hexadecimal number, and nothing of a list or a range behind it. */
static bool take_number(struct strview *rest, uint32_t *n)
{
	struct strview word;

	return strview_word(rest, &word) && strview_starts(word, "0x") &&
	       strview_number(word, 16, n);
}

/* "0x10000/0x10000", to the text's end */
static bool read_xmark(struct mark_rule *m, struct strview rest)
{
	struct strview value = strview_cut(&rest, '/');

	return strview_number(value, 16, &m->value) &&
	       strview_number(rest, 16, &m->mask);
}

static bool at_end(struct strview rest)
{
	struct strview word;

	return !strview_word(&rest, &word);
}

/* "0x5", "meta mark | 0x5", "meta mark & 0xfffffff0 ^ 0x5": nft does one after another */
static bool read_nft_mark(struct mark_rule *m, struct strview rest)
{
	struct strview word;
	uint32_t n;

	if (!strview_take(&rest, "meta mark ")) {
		m->mask = UINT32_MAX;
		return take_number(&rest, &m->value) && at_end(rest);
	}
	*m = (struct mark_rule){ 0, 0 };
	while (!at_end(rest)) {
		if (!strview_word(&rest, &word) || !take_number(&rest, &n))
			return false;
		if (strview_is(word, "&")) {
			m->mask |= ~n;
			m->value &= n;
		} else if (strview_is(word, "|")) {
			m->mask |= n;
			m->value |= n;
		} else if (strview_is(word, "^")) {
			m->value ^= n;
		} else {
			return false;
		}
	}
	return m->mask || m->value;
}

bool mark_rule_read(struct mark_rule *m, struct strview text)
{
	struct strview rest;

	if (BEHIND_LAST(text, " -j MARK --set-xmark ", &rest))
		return read_xmark(m, rest);
	/* A comment of nft's is the last thing in a rule, and has no quote in it. */
	text.len = strview_find(text, " comment \"");
	return BEHIND_LAST(text, "meta mark set ", &rest) && read_nft_mark(m, rest);
}
