// SPDX-License-Identifier: GPL-2.0-or-later
/* print_ends: who speaks to whom and in which protocol, as tcpdump -n writes it. */
#include "packet/print_ends.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <netinet/in.h>

#include "base/format.h"
#include "base/strbuf.h"
#include "packet/packet.h"

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

/* Without stdio's way: every packet that is printed has two of them. */
static size_t print_ipv4(char *buf, const uint8_t *addr, int port)
{
	char *p = format_decimal(buf, addr[0]);

	for (unsigned int i = 1; i < 4; i++) {
		*p++ = '.';
		p = format_decimal(p, addr[i]);
	}
	if (port >= 0) {
		*p++ = '.';
		p = format_decimal(p, (unsigned int)port);
	}
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

void print_ends(struct strbuf *l, const struct packet *p)
{
	bool ports = p->flags & PACKET_PORTS;

	l->len += packet_print_addr(l->buf + l->len, l->size - l->len, p,
				    p->src, ports ? p->sport : -1);
	strbuf_text(l, " > ");
	l->len += packet_print_addr(l->buf + l->len, l->size - l->len, p,
				    p->dst, ports ? p->dport : -1);
	strbuf_text(l, ": ");
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
