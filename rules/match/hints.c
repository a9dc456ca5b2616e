// SPDX-License-Identifier: GPL-2.0-or-later
/* hints: sentences for words that are iptables' or tcpdump's, not a match. */
#include "rules/match/hints.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "rules/base/units.h"

/* What tcpdump's words are in iptables'; %s is the word behind. */
static const struct {
	const char *word;
	const char *instead;
} tcpdump_words[] = {
	{ "host", "-d %1$s --or -s %1$s" },
	{ "net", "-d %1$s --or -s %1$s" },
	{ "src", "-s %1$s" },
	{ "dst", "-d %1$s" },
	{ "port", "-p tcp --dport %1$s --or -p udp --dport %1$s" },
	{ "portrange", "-p tcp -m multiport --ports %1$s" },
	{ "proto", "-p %1$s" },
	{ "ether", "-m mac --mac-source ADDRESS" },
	{ "tcp", "-p tcp" },
	{ "udp", "-p udp" },
	{ "icmp", "-p icmp" },
	{ "icmp6", "-6 -p icmpv6" },
	{ "sctp", "-p sctp" },
	{ "ip", "-4" },
	{ "ip6", "-6" },
	{ "and", "the options one behind the other" },
	{ "or", "--or" },
	{ "not", "'!' before the option" },
	{ "less", "-m length --length 0:%1$s" },
	{ "greater", "-m length --length %1$s:" },
};

static bool is_address(const char *word)
{
	unsigned char addr[16];
	char text[64];

	snprintf(text, sizeof(text), "%s", word);
	text[strcspn(text, "/")] = '\0';
	return inet_pton(AF_INET, text, addr) == 1 ||
	       inet_pton(AF_INET6, text, addr) == 1;
}

/* "src host 8.8.8.8", "dst port 53": the direction belongs to what follows. */
static const char *instead_of_direction(const char *word, const char *next)
{
	if (!next || (strcmp(word, "src") && strcmp(word, "dst")))
		return NULL;
	if (strcmp(next, "port") == 0)
		return *word == 's' ? "-p tcp --sport PORT"
				    : "-p tcp --dport PORT";
	if (strcmp(next, "host") == 0 || strcmp(next, "net") == 0)
		return *word == 's' ? "-s ADDRESS" : "-d ADDRESS";
	return NULL;
}

void hints_of_word(char *buf, size_t size, const char *word, const char *next)
{
	const char *format = instead_of_direction(word, next);
	char instead[256];

	if (is_address(word)) {
		snprintf(buf, size, "'%s' stands alone: did you mean -d %s?",
			 word, word);
		return;
	}
	for (size_t i = 0; !format && i < ARRAY_SIZE(tcpdump_words); i++)
		if (strcmp(tcpdump_words[i].word, word) == 0)
			format = tcpdump_words[i].instead;
	if (!format) {
		snprintf(buf, size, "'%s' is no option: a match begins with "
			 "'-', as for iptables", word);
		return;
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(instead, sizeof(instead), format, next ? next : "VALUE");
#pragma GCC diagnostic pop
	snprintf(buf, size, "'%s' is a word of tcpdump: did you mean %s?",
		 word, instead);
}

void hints_of_option(char *buf, size_t size, int letter, const char *word)
{
	switch (letter) {
	case 't':
		snprintf(buf, size, "'%s': nftrace always works in the raw "
			 "table: leave out the table", word);
		break;
	case 'g':
		snprintf(buf, size, "'-g %s': nftrace inserts -j TRACE itself "
			 "and takes no other target: leave it out", word);
		break;
	case 'A': case 'D': case 'C': case 'I': case 'R': case 'L': case 'S':
	case 'F': case 'Z': case 'N': case 'X': case 'E': case 'P':
		snprintf(buf, size, "'-%c' is a command of iptables ('%s'): "
			 "nftrace inserts and removes its rules itself and "
			 "takes the match only", letter, word);
		break;
	default:
		snprintf(buf, size, "'%s' is an option of iptables that is no "
			 "match", word);
		break;
	}
}
