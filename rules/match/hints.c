// SPDX-License-Identifier: GPL-2.0-or-later
/* hints: sentences for words that are iptables' or tcpdump's, not a match. */
#include "rules/match/hints.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdbool.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rules/base/units.h"

/* A filter's words for what lies in front of the IP header, or beside the packet. */
static const struct {
	const char *word;
	const char *instead;
} outside[] = {
	{ "ether", "rules see a packet from its IP header on: an address of "
	  "the link layer is -m mac --mac-source ADDRESS" },
	{ "link", "rules see a packet from its IP header on" },
	{ "fddi", "rules see a packet from its IP header on" },
	{ "tr", "rules see a packet from its IP header on" },
	{ "wlan", "rules see a packet from its IP header on" },
	{ "vlan", "rules see a packet without its tag, as coming in by the "
	  "VLAN's own interface, such as -i eth0.5" },
	{ "mpls", "rules see a packet from its IP header on, without labels" },
	{ "pppoed", "rules see a packet from its IP header on" },
	{ "pppoes", "rules see a packet as coming in by its ppp interface: "
	  "-i ppp0" },
	{ "arp", "rules of IP never see ARP" },
	{ "rarp", "rules of IP never see RARP" },
	{ "stp", "rules of IP see nothing but IP" },
	{ "llc", "rules of IP see nothing but IP" },
	{ "atalk", "rules of IP see nothing but IP" },
	{ "iso", "rules of IP see nothing but IP" },
	{ "broadcast", "rules know no netmask: -m addrtype --dst-type BROADCAST" },
	{ "multicast", "in rules that is 'ip multicast' or 'ip6 multicast', or "
	  "-m pkttype --pkt-type multicast" },
	{ "gateway", "rules see no address of the link layer: "
	  "-m mac --mac-source ADDRESS" },
	{ "ifname", "an interface is -i NAME or -o NAME" },
	{ "on", "an interface is -i NAME or -o NAME" },
	{ "dport", "that is 'dst port' there, and --dport behind -p tcp or "
	  "-p udp here" },
	{ "sport", "that is 'src port' there, and --sport behind -p tcp or "
	  "-p udp here" },
	{ "saddr", "that is 'src host' there, and -s here" },
	{ "daddr", "that is 'dst host' there, and -d here" },
	{ "iif", "an interface is -i NAME or -o NAME" },
	{ "iifname", "an interface is -i NAME or -o NAME" },
	{ "oif", "an interface is -i NAME or -o NAME" },
	{ "oifname", "an interface is -i NAME or -o NAME" },
	{ "l4proto", "a protocol is -p NAME, or its name alone" },
	{ "ctstate", "that is -m conntrack --ctstate here" },
	{ "rnr", "the number of a rule is none of a packet" },
};

/* Typed first by whom other programs have taught so: what does that here. */
static const struct {
	const char *words;	/* "|", then each with a "|" behind it */
	const char *instead;
} habits[] = {
	{ "|help|usage|", "--help tells how to use it, and man nftrace all of it" },
	{ "|version|", "the version is told by --version" },
	{ "|start|run|trace|monitor|watch|capture|debug|dump|", "there are no "
	  "commands, only words for what is to be traced: -p tcp --dport 443, "
	  "host 8.8.8.8, --all" },
	{ "|stop|status|", "a run ends by itself, or with Ctrl-C; what is left "
	  "of others is told by --doctor, and taken away by --cleanup" },
	{ "|clean|cleanup|", "what dead runs left is taken away by --cleanup" },
	{ "|check|doctor|", "whether a trace can work is told by --doctor" },
	{ "|list|show|rules|ruleset|", "rules are shown by iptables-save and nft "
	  "list ruleset; here, by the packets that meet them" },
	{ "|any|all|everything|", "everything is --all" },
	{ "|drop|drops|dropped|reject|rejected|", "packets are told by what "
	  "became of them with --only drop,reject" },
	{ "|ipv4|ip4|inet|", "one family alone is -4 or -6" },
	{ "|ipv6|inet6|", "one family alone is -4 or -6" },
	{ "|ct|conntrack|", "conntrack's state is -m conntrack --ctstate NEW" },
};

/* Behind these stands a name, which may be any word. */
static const char *const name_follows[] = {
	"host", "net", "port", "portrange", "proto", "protochain", "src", "dst",
};

static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || strchr("_.:-", c);
}

/* Return: the word at or behind @at, its length in *len; NULL: none is left */
static const char *next_word(const char *at, size_t *len)
{
	while (*at && !is_letter(*at))
		at++;
	for (*len = 0; at[*len] && is_letter(at[*len]); ++*len)
		;
	return *len ? at : NULL;
}

static bool is_word(const char *at, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(at, word, len) == 0;
}

static bool takes_name(const char *at, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(name_follows); i++)
		if (is_word(at, len, name_follows[i]))
			return true;
	return false;
}

/* Row of the first such word from *at on, which goes behind it; -1: none */
static int find_outside(const char **at)
{
	bool named = false;
	const char *word;
	size_t len;

	while ((word = next_word(*at, &len))) {
		bool plain = !named && (word == *at || word[-1] != '\\');

		*at = word + len;
		named = takes_name(word, len);
		for (size_t i = 0; plain && i < ARRAY_SIZE(outside); i++)
			if (is_word(word, len, outside[i].word))
				return (int)i;
	}
	return -1;
}

const char *hints_of_filter(const char *words)
{
	int row = find_outside(&words);

	return row < 0 ? NULL : outside[row].instead;
}

bool hints_of_link_byte(const char *words)
{
	while (find_outside(&words) >= 0)
		if (words[strspn(words, " \t")] == '[')
			return true;
	return false;
}

static bool is_address(const char *word)
{
	unsigned char addr[16];
	char text[64];

	snprintf(text, sizeof(text), "%s", word);
	text[strcspn(text, "/")] = '\0';
	return inet_pton(AF_INET, text, addr) == 1 ||
	       inet_pton(AF_INET6, text, addr) == 1;
}

/* Words that join two conditions, of which one is not there. */
static bool hangs(const char *words)
{
	static const char *const joints[] = { "and", "or", "&&", "||" };
	size_t len = strlen(words);

	for (size_t i = 0; i < ARRAY_SIZE(joints); i++) {
		size_t n = strlen(joints[i]);

		if (len < n)
			continue;
		if ((memcmp(words, joints[i], n) == 0 && !is_letter(words[n])) ||
		    (strcmp(words + len - n, joints[i]) == 0 &&
		     (len == n || !is_letter(words[len - n - 1]))))
			return true;
	}
	return false;
}

bool hints_of_words(char *buf, size_t size, const char *words)
{
	if (is_address(words))
		snprintf(buf, size, "'%s' stands alone: did you mean -d %s, or "
			 "host %s?", words, words, words);
	else if (hangs(words))
		snprintf(buf, size, "'%.200s': a condition is missing at that "
			 "end; between a filter of tcpdump's and options of "
			 "iptables stands no 'and' (all must match), and for "
			 "'or' stands --or", words);
	else
		return false;
	return true;
}

static bool is_command(const char *word)
{
	const char *path = getenv("PATH");
	char file[512];

	for (; path && *path; path += strspn(path, ":")) {
		size_t len = strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/%s", (int)len, path, word);
		if (access(file, X_OK) == 0)
			return true;
		path += len;
	}
	return false;
}

static const char *habit_of(const char *word)
{
	char marked[66];

	snprintf(marked, sizeof(marked), "|%s|", word);
	for (size_t i = 0; i < ARRAY_SIZE(habits); i++)
		if (strstr(habits[i].words, marked))
			return habits[i].instead;
	return NULL;
}

/* "eth0", "cali123": no word of tcpdump's ends in a number behind letters. */
static bool is_like_interface(const char *word)
{
	size_t len = strlen(word);

	return len > 1 && len < IFNAMSIZ && isalpha((unsigned char)*word) &&
	       isdigit((unsigned char)word[len - 1]);
}

/* "host", "proto tcp": of a filter that begins with a word for a name */
static bool of_name(char *buf, size_t size, const char *words)
{
	size_t len = strcspn(words, " ");
	const char *value = words + len + strspn(words + len, " ");

	if (!*value) {
		snprintf(buf, size, "a value is missing behind it");
		return true;
	}
	if (!is_word(words, len, "proto") || strchr(value, ' '))
		return false;
	snprintf(buf, size, "a protocol's name stands alone: %.40s, or -p %.40s",
		 value, value);
	return true;
}

bool hints_of_syntax(char *buf, size_t size, const char *words)
{
	size_t len = strcspn(words, " ");
	char first[64];

	if (takes_name(words, len))
		return of_name(buf, size, words);
	snprintf(first, sizeof(first), "%.*s", (int)len, words);
	if (len >= sizeof(first) || strchr(first, '/'))
		return false;
	if (if_nametoindex(first))
		snprintf(buf, size, "an interface is -i %s", first);
	else if (habit_of(first) && (!words[len] || !is_command(first)))
		snprintf(buf, size, "%s", habit_of(first));
	else if (is_command(first))
		snprintf(buf, size, "a command stands behind --: -- %.200s", words);
	else if (!words[len] && is_like_interface(first))
		snprintf(buf, size, "neither a match of iptables' nor a filter of "
			 "tcpdump's; an interface is -i %s", first);
	else
		return false;
	return true;
}

bool hints_has_one_dash(const char *name)
{
	static const char *const list[] = {
		"dport", "dports", "dst", "icmp-type", "icmpv6-type", "in-interface",
		"out-interface", "port", "ports", "proto", "protocol", "source",
		"sport", "sports", "src", "state", "syn",
	};
	size_t len = strcspn(name, "=");

	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		if (strlen(list[i]) == len && memcmp(list[i], name, len) == 0)
			return true;
	return false;
}

const char *hints_of_letter(int letter)
{
	switch (letter) {
	case 'r':
		return "tcpdump's -r is --read here";
	case 'e':
		return "rules see a packet from its IP header on";
	default:
		return NULL;
	}
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
		snprintf(buf, size, "'-%c' is a command of iptables%s%s%s: "
			 "nftrace inserts and removes its rules itself and "
			 "takes the match only", letter,
			 *word == '-' ? "" : " ('", *word == '-' ? "" : word,
			 *word == '-' ? "" : "')");
		break;
	default:
		snprintf(buf, size, "'%s' is an option of iptables that is no "
			 "match", word);
		break;
	}
}
