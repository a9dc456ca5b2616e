// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_list: the lines of what `nft -a list ruleset` prints, and in which table and chain they stand. */
#include "replay/nft_list.h"

#include <linux/netfilter.h>
#include <stdbool.h>
#include <string.h>

static bool take_list_family(struct strview word, uint8_t *family)
{
	if (strview_is(word, "inet"))
		*family = NFPROTO_INET;
	else if (strview_is(word, "ip"))
		*family = NFPROTO_IPV4;
	else if (strview_is(word, "ip6"))
		*family = NFPROTO_IPV6;
	else
		return false;
	return true;
}

/* "table inet fw {", with a handle behind it or not */
static bool open_table(struct nft_list *l, struct strview line)
{
	struct strview word, family, name;

	if (!strview_word(&line, &word) || !strview_is(word, "table"))
		return false;
	l->table.len = l->chain.len = 0;
	if (strview_word(&line, &family) && strview_word(&line, &name) &&
	    strview_word(&line, &word) && strview_is(word, "{") &&
	    take_list_family(family, &l->family))
		l->table = name;
	return true;
}

static bool open_chain(struct nft_list *l, struct strview line)
{
	struct strview word, name;

	if (!strview_word(&line, &word) || !strview_is(word, "chain") ||
	    !strview_word(&line, &name) || !strview_word(&line, &word) ||
	    !strview_is(word, "{"))
		return false;
	l->chain = name;
	return true;
}

/* "TEXT # handle N" */
static void take_list_rule(struct nft_list *l, struct strview line)
{
	static const char mark[] = " # handle ";
	const size_t len = sizeof(mark) - 1;
	struct strview text = line;
	uint32_t handle;

	l->text = line;
	l->handle = 0;
	while (text.len && text.at[text.len - 1] != ' ')
		text.len--;
	if (text.len < len || memcmp(text.at + text.len - len, mark, len) != 0 ||
	    !strview_number(strview_behind(line, text.len), 10, &handle))
		return;
	l->handle = handle;
	l->text.len = text.len - len;
}

enum nft_list_kind nft_list_line(struct nft_list *l, struct strview line)
{
	if (!line.len)
		return NFT_LIST_OTHER;
	if (open_table(l, line))
		return NFT_LIST_TABLE;
	if (!l->table.len)
		return NFT_LIST_OTHER;
	if (!l->chain.len)
		return open_chain(l, line) ? NFT_LIST_CHAIN : NFT_LIST_OTHER;
	if (strview_is(line, "}")) {
		l->chain.len = 0;
		return NFT_LIST_END;
	}
	if (strview_starts(line, "type "))
		return NFT_LIST_BASE;
	take_list_rule(l, line);
	return NFT_LIST_RULE;
}
