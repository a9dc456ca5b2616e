// SPDX-License-Identifier: GPL-2.0-or-later
/* ipvs: the virtual services of this network namespace. */
#include "host/ipvs.h"

#include "rules/base/units.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { HEADING = 3 };		/* lines */

static const char TABLE[] = "/proc/net/ip_vs";

/* "0A010001:0007", or "[fd00:0000:...:0001]:0007" */
static bool is_end(const char *text, const struct ipvs_packet *p)
{
	uint8_t addr[16];
	char name[64];
	uint32_t four;
	int n = 0;

	if (p->dport < 0)
		return false;
	if (!p->six) {
		if (sscanf(text, "%8x:%n", &four, &n) != 1 || !n)
			return false;
		four = htonl(four);
		memcpy(addr, &four, sizeof(four));
	} else if (sscanf(text, "[%46[0-9a-fA-F:.]]:%n", name, &n) != 1 ||
		   !n || inet_pton(AF_INET6, name, addr) != 1) {
		return false;
	}
	return memcmp(addr, p->dst, p->six ? 16 : 4) == 0 &&
	       strtol(text + n, NULL, 16) == p->dport;
}

static bool is_service(const char *word, const char *end,
		       const struct ipvs_packet *p)
{
	static const struct {
		const char *word;
		uint8_t proto;
	} protos[] = {
		{ "TCP", IPPROTO_TCP }, { "UDP", IPPROTO_UDP },
		{ "SCTP", IPPROTO_SCTP },
	};

	if (strcmp(word, "FWM") == 0)
		return p->mark && strtoul(end, NULL, 16) == p->mark;
	for (size_t i = 0; i < ARRAY_SIZE(protos); i++)
		if (strcmp(word, protos[i].word) == 0)
			return protos[i].proto == p->proto && is_end(end, p);
	return false;
}

/* A service is a line, and so is each of its servers: "  -> ...". */
bool ipvs_find(FILE *table, const struct ipvs_packet *p)
{
	char line[256], word[8], end[96];
	unsigned int n = 0;

	while (fgets(line, sizeof(line), table))
		if (++n > HEADING &&
		    sscanf(line, "%7s %95s", word, end) == 2 &&
		    is_service(word, end, p))
			return true;
	return false;
}

bool ipvs_serves(const struct ipvs_packet *p)
{
	FILE *f = fopen(TABLE, "re");
	bool found;

	if (!f)
		return false;
	found = ipvs_find(f, p);
	fclose(f);
	return found;
}

bool ipvs_has_services(void)
{
	FILE *f = fopen(TABLE, "re");
	unsigned int lines = 0;
	int c;

	while (f && lines <= HEADING && (c = getc(f)) != EOF)
		lines += c == '\n';
	if (f)
		fclose(f);
	return lines > HEADING;
}
