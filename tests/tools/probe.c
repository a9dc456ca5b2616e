// SPDX-License-Identifier: GPL-2.0-or-later
/* probe: sends the packets that its input names, a line each, past the sender's own stack. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const char usage_text[] =
	"usage: probe: each line of its input is a packet:\n"
	"       ID SOURCE DESTINATION PROTOCOL A B FLAGS TTL TOS\n"
	"ID: of the IP header, of IPv6 its flow label.  PROTOCOL, A and B: 6 or 17 and the\n"
	"ports; 1 or 58 and type and code.  FLAGS: of TCP.  All are decimal.\n";

enum { UPPER = 20 };	/* bytes behind the IP header, whatever is in there */

struct probe {
	unsigned int id, proto, a, b, flags, ttl, tos;
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
};

static uint32_t add_up(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	return sum;
}

static void put16(uint8_t *p, unsigned int n)
{
	p[0] = (uint8_t)(n >> 8);
	p[1] = (uint8_t)n;
}

/* @sum: of the addresses */
static void put_upper(uint8_t *p, const struct probe *q, uint32_t sum)
{
	size_t at = 16;

	memset(p, 0, UPPER);
	if (q->proto == IPPROTO_ICMP || q->proto == IPPROTO_ICMPV6) {
		p[0] = (uint8_t)q->a;
		p[1] = (uint8_t)q->b;
		at = 2;
	} else {
		put16(p, q->a);
		put16(p + 2, q->b);
	}
	if (q->proto == IPPROTO_TCP) {
		p[12] = 5 << 4;
		p[13] = (uint8_t)q->flags;
		p[14] = 0x10;
	} else if (q->proto == IPPROTO_UDP) {
		put16(p + 4, UPPER);
		at = 6;
	}
	if (q->proto != IPPROTO_ICMP)
		sum += q->proto + UPPER;
	else
		sum = 0;
	sum += add_up(p, UPPER);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put16(p + at, ~sum & 0xffff);
}

static int send_to(int fd, const void *packet, size_t len, const void *to, socklen_t size)
{
	return sendto(fd, packet, len, 0, to, size) == (ssize_t)len ? 0 : -1;
}

static int send4(int fd, const struct probe *q)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	uint8_t p[sizeof(struct iphdr) + UPPER] = { 0x45 };

	if (inet_pton(AF_INET, q->src, p + 12) != 1 ||
	    inet_pton(AF_INET, q->dst, p + 16) != 1)
		return -1;
	memcpy(&to.sin_addr, p + 16, 4);
	p[1] = (uint8_t)q->tos;
	put16(p + 2, sizeof(p));
	put16(p + 4, q->id);
	p[8] = (uint8_t)q->ttl;
	p[9] = (uint8_t)q->proto;
	put_upper(p + 20, q, add_up(p + 12, 8));
	return send_to(fd, p, sizeof(p), &to, sizeof(to));
}

static int send6(int fd, const struct probe *q)
{
	struct sockaddr_in6 to = { .sin6_family = AF_INET6 };
	uint8_t p[sizeof(struct ip6_hdr) + UPPER] = { 0x60 };

	if (inet_pton(AF_INET6, q->src, p + 8) != 1 ||
	    inet_pton(AF_INET6, q->dst, p + 24) != 1)
		return -1;
	memcpy(&to.sin6_addr, p + 24, 16);
	p[0] |= (uint8_t)(q->tos >> 4);
	p[1] = (uint8_t)(q->tos << 4);
	put16(p + 2, q->id);
	put16(p + 4, UPPER);
	p[6] = (uint8_t)q->proto;
	p[7] = (uint8_t)q->ttl;
	put_upper(p + 40, q, add_up(p + 8, 32));
	return send_to(fd, p, sizeof(p), &to, sizeof(to));
}

int main(int argc, char **argv)
{
	int fd4 = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	int fd6 = socket(AF_INET6, SOCK_RAW, IPPROTO_RAW);
	int failed = 0, n;
	struct probe q;

	(void)argv;
	if (argc != 1) {
		fputs(usage_text, stderr);
		return 2;
	}
	while ((n = scanf("%u %45s %45s %u %u %u %u %u %u", &q.id, q.src, q.dst, &q.proto,
			  &q.a, &q.b, &q.flags, &q.ttl, &q.tos)) == 9)
		if ((strchr(q.dst, ':') ? send6(fd6, &q) : send4(fd4, &q)) < 0) {
			perror(q.dst);
			failed = 1;
		}
	return n != EOF || failed;
}
