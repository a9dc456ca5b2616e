// SPDX-License-Identifier: GPL-2.0-or-later
/* refusal_hint: what to type instead of what iptables' parser refuses. */
#include "cli/refusal_hint.h"

#include <ctype.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "base/spelling.h"
#include "rules/base/units.h"

/* What is in quotes behind @begins in "host/network `X' not found", "unknown protocol "X" ..." */
static size_t quoted(const char *refusal, const char *begins, const char **at)
{
	*at = strstr(refusal, begins);
	if (!*at || !strchr("`\"'", (*at)[strlen(begins)]))
		return 0;
	*at += strlen(begins) + 1;
	return strcspn(*at, "'\"");
}

/* "-s ADDRESS" and the like in the words of an expression, with what is in front of it. */
static bool is_source(const char *words, const char *word, size_t len)
{
	static const char *const options[] = { "-s", "--src", "--source" };
	const char *at = words;

	while ((at = memmem(at, strlen(at), word, len))) {
		for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
			size_t n = strlen(options[i]) + 1;

			if (at >= words + n &&
			    memcmp(at - n, options[i], n - 1) == 0)
				return true;
		}
		at++;
	}
	return false;
}

/* Digits, or the name of a service. */
static bool is_port(const char *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)at[i]) && at[i] != '-')
			return false;
	return len;
}

/* 8.8.8.8:53, [fd00::1]:53, and 8.8.8.8.53 as tcpdump writes it: how long is the address? */
static size_t find_host(const char *word, size_t len, const char **port)
{
	const char *at = memrchr(word, ':', len), *dots = word;
	unsigned int parts = 0;

	if (at && at > word && (at[-1] == ']') == (*word == '[') &&
	    (*word == '[' || !memchr(word, ':', (size_t)(at - word)))) {
		*port = at + 1;
		return (size_t)(at - word);
	}
	while ((dots = memchr(dots, '.', len - (size_t)(dots - word))))
		dots++, parts++;
	at = memrchr(word, '.', len);
	*port = at ? at + 1 : word;
	return parts == 4 && strspn(word, "0123456789.") >= len ?
		(size_t)(at - word) : 0;
}

/* "10.0.0.1-10.0.0.9" */
static bool of_range(char *buf, size_t size, const char *word, size_t len,
		     bool source)
{
	const char *dash = memchr(word, '-', len);

	if (!dash || dash == word || strspn(word, "0123456789abcdef.:-") < len ||
	    !memchr(word, memchr(word, ':', len) ? ':' : '.', (size_t)(dash - word)))
		return false;
	snprintf(buf, size, "from one address to another: -m iprange --%s-range %.*s",
		 source ? "src" : "dst", (int)len, word);
	return true;
}

static bool of_address(char *buf, size_t size, const char *word, size_t len,
		       const char *words)
{
	const char *port;
	size_t host = find_host(word, len, &port), bracket = *word == '[';
	bool source = is_source(words, word, len);

	if (of_range(buf, size, word, len, source))
		return true;
	if (!host || !is_port(port, len - (size_t)(port - word)))
		return false;
	snprintf(buf, size, "a port stands apart: -%c %.*s %s--%cport %.*s",
		 source ? 's' : 'd', (int)(host - 2 * bracket), word + bracket,
		 strstr(words, "-p ") ? "" : "-p tcp ", source ? 's' : 'd', (int)(len - (size_t)(port - word)), port);
	return true;
}

/* "http", "tpc" */
static bool of_one_protocol(char *buf, size_t size, const char *word, size_t len)
{
	static const char *const usual[] = {
		"tcp", "udp", "icmp", "icmpv6", "sctp", "gre", "esp", "igmp", "all",
	};
	const struct servent *s;
	struct spelling n;
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)len, word);
	s = len < sizeof(name) ? getservbyname(name, NULL) : NULL;
	if (s) {
		snprintf(buf, size, "that is a port: -p %s --dport %s", s->s_proto, name);
		return true;
	}
	spelling_begin(&n, name, strlen(name));
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		spelling_look(&n, usual[i]);
	if (n.name)
		snprintf(buf, size, "did you mean -p %s?", n.name);
	return n.name;
}

static bool of_protocol(char *buf, size_t size, const char *word, size_t len,
			const char *words)
{
	size_t first = strcspn(word, ",/|+'\"");

	(void)words;
	if (len == 5 && memcmp(word, "icmp6", 5) == 0) {
		snprintf(buf, size, "did you mean -p icmpv6?");
		return true;
	}
	if (!first || first + 1 >= len)
		return of_one_protocol(buf, size, word, len);
	snprintf(buf, size, "one protocol an expression: -p %.*s ... --or "
		 "-p %.*s ...", (int)first, word,
		 (int)strcspn(word + first + 1, ",/|+'\""), word + first + 1);
	return true;
}

static bool of_port(char *buf, size_t size, const char *word, size_t len,
		    const char *words)
{
	const char *at = memmem(words, strlen(words), word, len);
	char way = at && at >= words + 8 && memcmp(at - 8, "--sport", 7) == 0 ?
		's' : 'd';
	const char *dash = memchr(word, '-', len);

	if (memchr(word, ',', len) && !strstr(words, "-m multiport"))
		snprintf(buf, size, "several ports: -m multiport --%cports %.*s",
			 way, (int)len, word);
	else if (dash && dash > word && isdigit((unsigned char)word[0]))
		snprintf(buf, size, "from one port to another: %.*s:%.*s",
			 (int)(dash - word), word,
			 (int)(len - (size_t)(dash - word) - 1), dash + 1);
	else
		return false;
	return true;
}

bool refusal_hint(char *buf, size_t size, const char *refusal,
		  const char *words)
{
	static const struct {
		const char *begins;
		bool (*hint)(char *buf, size_t size, const char *word,
			     size_t len, const char *words);
	} kinds[] = {
		{ "host/network ", of_address },
		{ "unknown protocol ", of_protocol },
		{ "invalid port/service ", of_port },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *word;
		size_t len = quoted(refusal, kinds[i].begins, &word);

		if (len)
			return kinds[i].hint(buf, size, word, len, words);
	}
	return false;
}
