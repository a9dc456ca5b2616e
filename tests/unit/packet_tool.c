// SPDX-License-Identifier: GPL-2.0-or-later
/* packet_tool: packets as lines of text -> the lines that nftrace prints, or a pcap file. */
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "packet/packet.h"
#include "packet/packet_print.h"

static const char usage_text[] =
	"usage: packet_tool {print|verbose|pcap|torture} <FILE\n"
	"FILE has a packet a line: NAME MARK HEX; ip6-* and icmp6-* are IPv6.\n"
	"print: NAME and the packet's line; pcap: raw IP, as long as they say.\n"
	"torture: nothing is read beyond the end, and every line is clean.\n";

enum { BYTES = 4096, LINE = 2 * BYTES + 256 };

static size_t parse_hex(const char *text, uint8_t *bytes)
{
	size_t n = 0;
	unsigned int b;

	for (; n < BYTES && sscanf(text, "%2x", &b) == 1; text += 2)
		bytes[n++] = (uint8_t)b;
	return n;
}

static void put(const void *data, size_t len)
{
	if (fwrite(data, 1, len, stdout) != len)
		exit(1);
}

/* libpcap's savefile format, LINKTYPE_RAW. */
static void pcap_head(void)
{
	const uint32_t head[] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, BYTES, 101 };

	put(head, sizeof(head));
}

static void pcap_packet(const struct packet *p)
{
	uint32_t whole = p->length > p->caplen ? p->length : p->caplen;
	const uint32_t head[] = { 0, 0, p->caplen, whole };

	put(head, sizeof(head));
	put(p->data, p->caplen);
}

/* A page's end, behind which nothing may be read. */
static uint8_t *guarded(void)
{
	static uint8_t *end;
	uint8_t *map;

	if (end)
		return end;
	map = mmap(NULL, 2 * BYTES, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED || mprotect(map + BYTES, BYTES, PROT_NONE) != 0)
		exit(1);
	end = map + BYTES;
	return end;
}

static void decode(struct packet *p, const char *name, const uint8_t *bytes,
		   size_t len)
{
	uint8_t *at = guarded() - len;

	memcpy(at, bytes, len);
	packet_decode(p, strstr(name, "6-") && name[0] == 'i' &&
		      strncmp(name, "icmp-", 5) != 0 ? NFPROTO_IPV6 :
		      NFPROTO_IPV4, at, len);
}

/* Every line is printable ASCII and fits, in however small a room. */
static void check_line(const char *name, const struct packet *p, bool verbose)
{
	static const size_t sizes[] = { 1, 2, 40, 1024 };
	char line[1024];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = packet_print(line, sizes[i], p, verbose);
		bool ok = n < sizes[i] && strlen(line) == n;

		for (size_t k = 0; k < n && ok; k++)
			ok = line[k] >= ' ' && line[k] <= '~';
		if (!ok) {
			printf("%s: a bad line of %zu bytes\n", name, n);
			exit(1);
		}
	}
}

/* Cut at every length, then with bytes changed by chance, always the same. */
static void torture(const char *name, uint8_t *bytes, size_t len)
{
	static uint64_t seed = 1;
	struct packet p;

	for (size_t cut = 0; cut <= len; cut++) {
		decode(&p, name, bytes, cut);
		check_line(name, &p, cut & 1);
	}
	for (unsigned int i = 0; i < 2000; i++) {
		seed = seed * 6364136223846793005 + 1442695040888963407;
		bytes[(seed >> 33) % len] = (uint8_t)(seed >> 20);
		decode(&p, name, bytes, len);
		check_line(name, &p, i & 1);
	}
}

static void one(const char *mode, const char *name, uint8_t *bytes, size_t len)
{
	struct packet p;
	char line[1024];

	if (strcmp(mode, "torture") == 0) {
		torture(name, bytes, len);
		return;
	}
	decode(&p, name, bytes, len);
	if (strcmp(mode, "pcap") == 0) {
		pcap_packet(&p);
	} else {
		packet_print(line, sizeof(line), &p,
			     strcmp(mode, "verbose") == 0);
		printf("%s %s\n", name, line);
	}
}

int main(int argc, char **argv)
{
	static char text[LINE], name[128], mark[8], hex[LINE];
	static uint8_t bytes[BYTES];
	unsigned int packets = 0;

	if (argc != 2) {
		fputs(usage_text, stderr);
		return 2;
	}
	if (strcmp(argv[1], "pcap") == 0)
		pcap_head();
	while (fgets(text, sizeof(text), stdin)) {
		if (text[0] == '#' ||
		    sscanf(text, "%127s %7s %8447s", name, mark, hex) != 3)
			continue;
		one(argv[1], name, bytes, parse_hex(hex, bytes));
		packets++;
	}
	if (strcmp(argv[1], "torture") == 0)
		printf("%u packets\n", packets);
	return 0;
}
