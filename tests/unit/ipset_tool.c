// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ipset_tool: SET WORDS NOMATCH a line on stdin: "in", "out" or "?" for the packet of the arguments:
 * ipset_tool 4|6 PROTO SRC DST SPORT DPORT IN OUT MARK; IN, OUT: "-" for none
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/ipset.h"

static void take_device(char to[16], const char *name)
{
	if (strcmp(name, "-") != 0)
		memcpy(to, name, strnlen(name, 16));
}

static void take_words(struct ipset_key *k, char *words)
{
	for (char *w = strtok(words, ","); w; w = strtok(NULL, ","))
		k->sources |= (strcmp(w, "src") == 0) << k->words++;
}

int main(int argc, char **argv)
{
	static const char *const answers[] = {
		[IPSET_NOT_KNOWN] = "?", [IPSET_IS_OUT] = "out", [IPSET_IS_IN] = "in",
	};
	char set[64], words[64];
	struct ipset_key base;
	int nomatch, family;

	if (argc != 10)
		return 2;
	memset(&base, 0, sizeof(base));
	family = argv[1][0] == '4' ? AF_INET : AF_INET6;
	base.nfproto = family == AF_INET ? NFPROTO_IPV4 : NFPROTO_IPV6;
	base.proto = (uint8_t)atoi(argv[2]);
	if (inet_pton(family, argv[3], base.src) != 1 || inet_pton(family, argv[4], base.dst) != 1)
		return 2;
	base.sport = (uint16_t)atoi(argv[5]);
	base.dport = (uint16_t)atoi(argv[6]);
	take_device(base.in, argv[7]);
	take_device(base.out, argv[8]);
	base.mark = (uint32_t)strtoul(argv[9], NULL, 0);
	base.known = IPSET_KNOWS_PORTS | IPSET_KNOWS_IN | IPSET_KNOWS_OUT | IPSET_KNOWS_MARK;
	while (scanf("%63s %63s %d", set, words, &nomatch) == 3) {
		struct ipset_key k = base;
		struct ipset_answer a;

		strncpy(k.name, set, sizeof(k.name) - 1);
		k.nomatch = (uint8_t)nomatch;
		take_words(&k, words);
		ipset_look(&k, &a);
		puts(answers[a.is]);
	}
	return 0;
}
