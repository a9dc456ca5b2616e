// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_line: a line of what `nft monitor trace` prints; pure. */
#include "replay/nft_line.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <string.h>

#include "rules/base/units.h"

static const char NFT_MARK[] = "trace id ";

static bool take_family(struct strview word, uint8_t *family)
{
	static const struct {
		const char *word;
		uint8_t family;
	} family_words[] = {
		{ "ip", NFPROTO_IPV4 }, { "ip6", NFPROTO_IPV6 },
		{ "inet", NFPROTO_INET }, { "bridge", NFPROTO_BRIDGE },
		{ "netdev", NFPROTO_NETDEV }, { "arp", NFPROTO_ARP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(family_words); i++) {
		if (!strview_is(word, family_words[i].word))
			continue;
		*family = family_words[i].family;
		return true;
	}
	return false;
}

static struct strview trimmed(struct strview s)
{
	while (s.len && *s.at == ' ')
		s = strview_behind(s, 1);
	while (s.len && s.at[s.len - 1] == ' ')
		s.len--;
	return s;
}

/* " meta mark 0x00000007 " behind the end of a chain */
static void take_mark(struct nft_line *l, struct strview rest)
{
	struct strview meta, mark, value;

	if (strview_word(&rest, &meta) && strview_is(meta, "meta") &&
	    strview_word(&rest, &mark) && strview_is(mark, "mark") &&
	    strview_word(&rest, &value))
		l->has_mark = strview_number(value, 16, &l->mark);
}

/* "accept", "jump CHAIN" */
static bool take_nft_verdict(struct nft_line *l, struct strview *rest)
{
	static const char *const words[] = {
		"accept", "drop", "continue", "return", "jump", "goto",
		"queue", "stolen", "break", "stop",
	};

	if (!strview_word(rest, &l->verdict))
		return false;
	if (strview_is(l->verdict, "jump") || strview_is(l->verdict, "goto"))
		return strview_word(rest, &l->target);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strview_is(l->verdict, words[i]))
			return true;
	return false;
}

/* "TEXT (verdict V)"; a text may hold as much itself: it is the last one. */
static bool take_rule(struct nft_line *l, struct strview rest)
{
	static const char mark[] = " (verdict ";
	const size_t len = sizeof(mark) - 1;
	struct strview verdict;
	size_t at = rest.len;

	rest = trimmed(rest);
	if (!rest.len || rest.at[rest.len - 1] != ')')
		return false;
	for (at = rest.len - 1; at >= len; at--)
		if (memcmp(rest.at + at - len, mark, len) == 0)
			break;
	if (at < len)
		return false;
	l->rest = trimmed((struct strview){ rest.at, at - len });
	verdict = (struct strview){ rest.at + at, rest.len - at - 1 };
	return l->rest.len && take_nft_verdict(l, &verdict);
}

/* "rule handle 4": that is no text of it. */
static bool take_handle(struct nft_line *l)
{
	struct strview word, number;
	uint32_t handle;

	if (!strview_word(&l->rest, &word) || !strview_is(word, "rule") ||
	    !strview_word(&l->rest, &word) || !strview_is(word, "handle") ||
	    !strview_word(&l->rest, &number) ||
	    !strview_number(number, 10, &handle))
		return false;
	l->handle = handle;
	l->rest.len = 0;
	return true;
}

static bool take_end(struct nft_line *l, struct strview rest)
{
	if (!take_nft_verdict(l, &rest))
		return false;
	take_mark(l, rest);
	return true;
}

static bool take_kind(struct nft_line *l, struct strview word,
		      struct strview rest)
{
	if (strview_is(word, "packet:")) {
		l->kind = NFT_LINE_PACKET;
		l->rest = rest;
		return true;
	}
	if (strview_is(word, "conntrack:")) {
		l->kind = NFT_LINE_CONNTRACK;
		l->rest = rest;
		return true;
	}
	if (strview_is(word, "rule")) {
		l->kind = NFT_LINE_RULE;
		return take_rule(l, rest);
	}
	if (strview_is(word, "policy")) {
		l->kind = NFT_LINE_POLICY;
		return take_end(l, rest) && (strview_is(l->verdict, "accept") ||
					     strview_is(l->verdict, "drop"));
	}
	if (strview_is(word, "verdict") || strview_is(word, "return")) {
		l->kind = NFT_LINE_RETURN;
		return take_end(l, rest);
	}
	/* nft did not know the rule yet, or does not any more. */
	if (strview_is(word, "unknown")) {
		l->kind = NFT_LINE_RULE;
		return take_rule(l, rest) && take_handle(l);
	}
	return false;
}

int nft_line_parse(struct nft_line *l, struct strview line)
{
	const char *at = line.len ? memmem(line.at, line.len, NFT_MARK,
					   sizeof(NFT_MARK) - 1) : NULL;
	struct strview rest, id, family, word;

	if (!at)
		return -ENOMSG;
	memset(l, 0, sizeof(*l));
	l->rest = l->verdict = l->target = (struct strview){ "", 0 };
	rest = strview_behind(line, (size_t)(at - line.at) + sizeof(NFT_MARK) - 1);
	if (!strview_word(&rest, &id) || !strview_number(id, 16, &l->id) ||
	    !l->id || !strview_word(&rest, &family) ||
	    !take_family(family, &l->family))
		return -ENOMSG;
	if (memchr(line.at, '\0', line.len) || !strview_word(&rest, &l->table) ||
	    !strview_word(&rest, &l->chain) || !strview_word(&rest, &word))
		return -EBADMSG;
	return take_kind(l, word, rest) ? 0 : -EBADMSG;
}
