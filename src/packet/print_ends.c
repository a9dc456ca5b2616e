// SPDX-License-Identifier: GPL-2.0-or-later
/* print_ends: who speaks to whom and in which protocol, as tcpdump -n writes it. */
#include "packet/print_ends.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#include "base/format.h"
#include "base/strbuf.h"
#include "packet/packet.h"
#include "rules/base/hash.h"

/* "255.255.255.255.65535" and a NUL, and more for a port that is none */
enum { IPV4_ROOM = 16 + 1 + FORMAT_DECIMAL };

const char *print_proto_name(uint8_t proto)
{
	static const char *const names[256] = {
		[IPPROTO_ICMP] = "ICMP", [IPPROTO_IGMP] = "igmp",
		[IPPROTO_IPIP] = "IPIP", [IPPROTO_TCP] = "TCP",
		[IPPROTO_EGP] = "EGP", [IPPROTO_UDP] = "UDP",
		[IPPROTO_DCCP] = "DCCP", [IPPROTO_IPV6] = "IPv6",
		[IPPROTO_GRE] = "GRE", [IPPROTO_ESP] = "ESP",
		[IPPROTO_AH] = "AH", [IPPROTO_ICMPV6] = "ICMP6",
		[IPPROTO_NONE] = "no next header", [89] = "OSPF",
		[IPPROTO_PIM] = "PIM", [IPPROTO_COMP] = "IPComp",
		[112] = "VRRP", [115] = "L2TP", [IPPROTO_SCTP] = "SCTP",
		[IPPROTO_UDPLITE] = "UDPLite", [IPPROTO_MPLS] = "MPLS",
	};

	return names[proto];
}

/* Each number of an address with the dot behind it. */
#define DIGIT(n) ((char)('0' + (n) % 10))
#define OCTET(n) { \
	(n) < 10 ? DIGIT(n) : (n) < 100 ? DIGIT((n) / 10) : DIGIT((n) / 100), \
	(n) < 10 ? '.' : (n) < 100 ? DIGIT(n) : DIGIT((n) / 10), \
	(n) < 100 ? '.' : DIGIT(n), '.' }
#define OCTETS_4(n) OCTET(n), OCTET((n) + 1), OCTET((n) + 2), OCTET((n) + 3)
#define OCTETS_16(n) OCTETS_4(n), OCTETS_4((n) + 4), OCTETS_4((n) + 8), OCTETS_4((n) + 12)
#define OCTETS_64(n) OCTETS_16(n), OCTETS_16((n) + 16), OCTETS_16((n) + 32), OCTETS_16((n) + 48)

static const char octets[256][4] = {
	OCTETS_64(0), OCTETS_64(64), OCTETS_64(128), OCTETS_64(192),
};

/* Four bytes, whatever it takes of them. */
static inline char *put_octet(char *p, uint8_t n)
{
	memcpy(p, octets[n], sizeof(octets[n]));
	return p + 2 + (n >= 10) + (n >= 100);
}

/* Without stdio's way: every packet that is printed has two of them. */
static size_t print_ipv4(char *buf, const uint8_t *addr, int port)
{
	char *p = buf;

	for (unsigned int i = 0; i < 4; i++)
		p = put_octet(p, addr[i]);
	if (port >= 0)
		p = format_decimal(p, (unsigned int)port);
	else
		p--;
	*p = '\0';
	return (size_t)(p - buf);
}

size_t packet_print_addr(char *buf, size_t size, const struct packet *p,
			 const uint8_t *addr, int port)
{
	char six[INET6_ADDRSTRLEN] = "?";
	size_t n;

	/* Of a packet of which too little was kept it may be another's. */
	bool is_six = p->nfproto == NFPROTO_IPV6;

	if (!is_six && size >= IPV4_ROOM)
		return print_ipv4(buf, addr, port);
	if (is_six) {
		inet_ntop(AF_INET6, addr, six, sizeof(six));
		n = format_text(buf, size, "%s", six);
	} else {
		n = format_text(buf, size, "%u.%u.%u.%u", addr[0], addr[1],
				addr[2], addr[3]);
	}
	return port < 0 ? n : n + format_text(buf + n, size - n, ".%d", port);
}

static void put_ends(struct strbuf *l, const struct packet *p)
{
	bool ports = p->flags & PACKET_PORTS;

	l->len += packet_print_addr(l->buf + l->len, l->size - l->len, p,
				    p->src, ports ? p->sport : -1);
	strbuf_text(l, " > ");
	l->len += packet_print_addr(l->buf + l->len, l->size - l->len, p,
				    p->dst, ports ? p->dport : -1);
	strbuf_text(l, ": ");
}

/* All that the text is made of; without padding, and zeros behind what an address has. */
struct ends_key {
	uint16_t sport, dport;
	uint8_t nfproto, ports, zero[2];
	uint8_t addr[32];	/* the source's, and behind it the other's */
};

/* Of a connection's packets it is the same, and they come one behind the other. */
struct ends {
	struct ends_key key;
	uint32_t len;		/* 0: none yet */
	char text[2 * (INET6_ADDRSTRLEN + sizeof(".65535")) + sizeof(" > : ")];
};

enum { ENDS = 64 };			/* a later one takes the place of another */

/* Return: its bytes that can be others than zeros */
static inline size_t fill_key(struct ends_key *k, const struct packet *p)
{
	size_t len = sizeof(struct in_addr);

	memset(k, 0, sizeof(*k));
	k->nfproto = p->nfproto;
	if (p->flags & PACKET_PORTS) {
		k->ports = true;
		k->sport = p->sport;
		k->dport = p->dport;
	}
	if (p->nfproto == NFPROTO_IPV6) {
		len = sizeof(struct in6_addr);
		memcpy(k->addr, p->src, sizeof(struct in6_addr));
		memcpy(k->addr + sizeof(struct in6_addr), p->dst, sizeof(struct in6_addr));
	} else {
		memcpy(k->addr, p->src, sizeof(struct in_addr));
		memcpy(k->addr + sizeof(struct in_addr), p->dst, sizeof(struct in_addr));
	}
	return offsetof(struct ends_key, addr) + 2 * len;
}

static __attribute__((noinline)) void
make_ends(struct ends *e, const struct ends_key *key, const struct packet *p)
{
	struct strbuf text = { .buf = e->text, .size = sizeof(e->text) };

	put_ends(&text, p);
	e->key = *key;
	e->len = (uint32_t)text.len;
}

void print_ends(struct strbuf *l, const struct packet *p)
{
	static struct ends known[ENDS];
	struct ends_key key;
	size_t len = fill_key(&key, p);
	struct ends *e = &known[hash_bytes(0, &key, len) % ENDS];

	if (l->size - l->len <= sizeof(e->text)) {
		put_ends(l, p);
		return;
	}
	if (!e->len || memcmp(&e->key, &key, sizeof(key)) != 0)
		make_ends(e, &key, p);
	strbuf_bytes(l, e->text, e->len);
}

void print_proto(struct strbuf *l, const struct packet *p)
{
	if (print_proto_name(p->proto))
		strbuf_text(l, print_proto_name(p->proto));
	else
		strbuf_add(l, "ip-proto-%u", p->proto);
}

void print_bytes(struct strbuf *l, uint32_t bytes)
{
	strbuf_text(l, ", length ");
	strbuf_number(l, bytes);
}

void print_length(struct strbuf *l, const struct packet *p, uint32_t bytes)
{
	if (p->unsized)
		strbuf_add(l, ", length > %u with headers", PACKET_SIZED);
	else
		print_bytes(l, bytes);
}
