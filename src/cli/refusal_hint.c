// SPDX-License-Identifier: GPL-2.0-or-later
/* refusal_hint: what to type instead of what iptables' parser refuses. */
#include "cli/refusal_hint.h"

#include <stdio.h>
#include <string.h>

#include "rules/base/units.h"

/* What stands in quotes in "host/network `X' not found", "unknown protocol "X" ...". */
static size_t quoted(const char *refusal, const char **at)
{
	*at = refusal + strcspn(refusal, "`\"'");
	if (!**at)
		return 0;
	++*at;
	return strcspn(*at, "'\"");
}

/* 8.8.8.8:53 */
static bool of_address(char *buf, size_t size, const char *word, size_t len)
{
	const char *colon = memchr(word, ':', len);
	size_t host = colon ? (size_t)(colon - word) : 0, port = len - host;

	if (!host || port < 2 || memchr(colon + 1, ':', port - 1) ||
	    strspn(colon + 1, "0123456789") != port - 1)
		return false;
	snprintf(buf, size, "a port stands apart: %.*s -p tcp --dport %.*s",
		 (int)host, word, (int)(port - 1), colon + 1);
	return true;
}

static bool of_protocol(char *buf, size_t size, const char *word, size_t len)
{
	const char *comma = memchr(word, ',', len);
	size_t first = comma ? (size_t)(comma - word) : 0;

	if (len == 5 && memcmp(word, "icmp6", 5) == 0) {
		snprintf(buf, size, "did you mean -p icmpv6?");
		return true;
	}
	if (!comma)
		return false;
	snprintf(buf, size, "one protocol an expression: -p %.*s ... --or "
		 "-p %.*s ...", (int)first, word,
		 (int)strcspn(comma + 1, ",'\""), comma + 1);
	return true;
}

bool refusal_hint(char *buf, size_t size, const char *refusal)
{
	static const struct {
		const char *begins;
		bool (*hint)(char *buf, size_t size, const char *word,
			     size_t len);
	} kinds[] = {
		{ "host/network ", of_address },
		{ "unknown protocol ", of_protocol },
	};
	const char *word;
	size_t len = quoted(refusal, &word);

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && len; i++)
		if (strncmp(refusal, kinds[i].begins,
			    strlen(kinds[i].begins)) == 0)
			return kinds[i].hint(buf, size, word, len);
	return false;
}
