// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_entry: where in a line one entry of nft's or xtables-monitor's ends and the next begins; pure. */
#include "replay/nft_entry.h"

#include <string.h>

#include "rules/base/units.h"

static const char NFT[] = "trace id ", PACKET[] = "PACKET: ", TRACE[] = "TRACE: ";

static bool is_hex(struct strview word)
{
	uint32_t n;

	return strview_number(word, 16, &n);
}

/* "trace id 2a inet " */
static bool is_nft(struct strview rest)
{
	static const char *const family_names[] = {
		"ip", "ip6", "inet", "bridge", "netdev", "arp",
	};
	struct strview word;

	if (!strview_take(&rest, NFT) || !strview_word(&rest, &word) ||
	    !is_hex(word) || !strview_word(&rest, &word))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(family_names); i++)
		if (strview_is(word, family_names[i]))
			return true;
	return false;
}

/* "PACKET: 2 0000002a ", "TRACE: 10 0000002a " */
static bool is_xtables(struct strview rest)
{
	struct strview family, id;

	return (strview_take(&rest, PACKET) || strview_take(&rest, TRACE)) &&
	       strview_word(&rest, &family) &&
	       (strview_is(family, "2") || strview_is(family, "10")) &&
	       strview_word(&rest, &id) && id.len == 8 && is_hex(id);
}

static bool is_mark(struct strview rest)
{
	return *rest.at == *NFT ? is_nft(rest) : is_xtables(rest);
}

bool nft_entry_may_be(struct strview line)
{
	return line.len && (strview_find(line, PACKET) < line.len ||
			    strview_find(line, TRACE) < line.len ||
			    memmem(line.at, line.len, NFT, strlen(NFT)));
}

/*
 * @from: where to begin; @quotes: what stands in them is left out
 * Return: offset of a mark; .len: none, or a quote that is not closed.
 */
static size_t find_mark(struct strview line, size_t from, bool quotes,
			bool *open)
{
	*open = false;
	for (size_t i = from; i < line.len; i++) {
		if (quotes && line.at[i] == '"')
			*open = !*open;
		else if (*open && line.at[i] == '\\')
			i++;
		else if (!*open && is_mark(strview_behind(line, i)))
			return i;
	}
	return line.len;
}

size_t nft_entry_next(struct strview line)
{
	bool open;
	size_t first = find_mark(line, 0, false, &open), next;

	if (first == line.len)
		return line.len;
	next = find_mark(line, first + 1, true, &open);
	return open ? find_mark(line, first + 1, false, &open) : next;
}
