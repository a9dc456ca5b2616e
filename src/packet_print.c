// SPDX-License-Identifier: GPL-2.0-or-later
/* packet_print: a decoded packet -> one line as tcpdump -n writes it. */
#include "packet.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "dns.h"

/* A line under construction; never longer than its room. */
struct line {
	char *buf;
	size_t size, len;
};

static void add(struct line *l, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct line *l, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(l->buf + l->len, l->size - l->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		l->len += (size_t)n;
	if (l->len >= l->size)
		l->len = l->size - 1;
}

static const char *proto_name(uint8_t proto)
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

size_t packet_print_addr(char *buf, size_t size, const struct packet *p,
			 const uint8_t *addr, int port)
{
	char text[INET6_ADDRSTRLEN] = "?";
	int n;

	inet_ntop(p->addr_len == 16 ? AF_INET6 : AF_INET, addr, text,
		  sizeof(text));
	n = port < 0 ? snprintf(buf, size, "%s", text)
		     : snprintf(buf, size, "%s.%d", text, port);
	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}

static void add_ends(struct line *l, const struct packet *p)
{
	bool ports = p->flags & PACKET_PORTS;

	l->len += packet_print_addr(l->buf + l->len, l->size - l->len, p,
				    p->src, ports ? p->sport : -1);
	add(l, " > ");
	l->len += packet_print_addr(l->buf + l->len, l->size - l->len, p,
				    p->dst, ports ? p->dport : -1);
	add(l, ": ");
}

static void add_tcp_flags(struct line *l, uint8_t flags)
{
	/* tcpdump's letters; ACK is the dot. */
	static const char letters[] = "FSRP.UEW";
	unsigned int n = 0;

	add(l, "Flags [");
	for (unsigned int i = 0; i < 8; i++) {
		if (flags & (1u << i)) {
			add(l, "%c", letters[i]);
			n++;
		}
	}
	add(l, "%s]", n ? "" : "none");
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* One option of @len bytes at @o; false: malformed. */
static bool add_tcp_option(struct line *l, const uint8_t *o, uint8_t len)
{
	switch (o[0]) {
	case 2:
		if (len != 4)
			return false;
		add(l, "mss %u", o[2] << 8 | o[3]);
		return true;
	case 3:
		if (len != 3)
			return false;
		add(l, "wscale %u", o[2]);
		return true;
	case 4:
		add(l, "sackOK");
		return len == 2;
	case 5:
		add(l, "sack %d ", (len - 2) / 8);
		for (uint8_t i = 2; i + 8 <= len; i = (uint8_t)(i + 8))
			add(l, "{%u:%u}", be32(o + i), be32(o + i + 4));
		return (len - 2) % 8 == 0;
	case 8:
		if (len != 10)
			return false;
		add(l, "TS val %u ecr %u", be32(o + 2), be32(o + 6));
		return true;
	default:
		add(l, "unknown-%u", o[0]);
		return true;
	}
}

static void add_tcp_options(struct line *l, const struct packet *p)
{
	uint32_t at = p->l4 + 20;
	uint32_t end = p->l4 + (p->data[p->l4 + 12] >> 4) * 4u;
	const char *comma = "";

	if (end <= at)
		return;
	add(l, ", options [");
	while (at < end) {
		const uint8_t *o = p->data + at;
		uint8_t len = 1;

		add(l, "%s", comma);
		comma = ",";
		if (at >= p->caplen || (o[0] > 1 && at + 1 >= p->caplen)) {
			add(l, "[|tcp]");
			break;
		}
		if (o[0] == 0) {
			add(l, "eol");
			break;
		}
		if (o[0] == 1) {
			add(l, "nop");
		} else {
			len = o[1];
			if (len < 2 || at + len > end) {
				add(l, "[bad opt]");
				break;
			}
			if (at + len > p->caplen) {
				add(l, "[|tcp]");
				break;
			}
			if (!add_tcp_option(l, o, len)) {
				add(l, "[bad opt]");
				break;
			}
		}
		at += len;
	}
	add(l, "]");
}

static void add_tcp(struct line *l, const struct packet *p)
{
	const uint8_t *h = p->data + p->l4;
	uint32_t length = packet_length(p);

	add_tcp_flags(l, p->tcp_flags);
	if (length)
		add(l, ", seq %u:%u", p->tcp_seq, p->tcp_seq + length);
	else if (p->tcp_flags & 0x07)	/* FIN, SYN, RST take a number */
		add(l, ", seq %u", p->tcp_seq);
	if (p->tcp_flags & 0x10)
		add(l, ", ack %u", p->tcp_ack);
	add(l, ", win %u", h[14] << 8 | h[15]);
	if (p->tcp_flags & 0x20)
		add(l, ", urg %u", h[18] << 8 | h[19]);
	add_tcp_options(l, p);
	add(l, ", length %u", length);
}

static bool is_dns(const struct packet *p)
{
	return p->proto == IPPROTO_UDP &&
	       (p->sport == 53 || p->dport == 53 || p->sport == 5353 ||
		p->dport == 5353);
}

static void add_udp(struct line *l, const struct packet *p)
{
	add(l, "%s, ", p->proto == IPPROTO_UDP ? "UDP" : "UDPLite");
	if (p->udp_len < 8 && p->udp_len) {
		add(l, "bad length %u", p->udp_len);
		return;
	}
	add(l, "length %u", packet_length(p));
	if (is_dns(p))
		l->len += dns_print(l->buf + l->len, l->size - l->len,
				    p->data + p->payload,
				    p->caplen - p->payload, packet_length(p));
}

struct type_name {
	uint8_t type;
	int16_t code;		/* -1: any */
	const char *text;
};

static const struct type_name icmp_names[] = {
	{ 0, -1, "echo reply" }, { 8, -1, "echo request" },
	{ 3, 0, "net unreachable" }, { 3, 1, "host unreachable" },
	{ 3, 2, "protocol unreachable" }, { 3, 3, "port unreachable" },
	{ 3, 4, "unreachable - need to frag" },
	{ 3, 5, "source route failed" }, { 3, 9, "net unreachable - admin "
	  "prohibited" }, { 3, 10, "host unreachable - admin prohibited" },
	{ 3, 13, "admin prohibited" }, { 3, -1, "unreachable" },
	{ 4, -1, "source quench" }, { 5, -1, "redirect" },
	{ 9, -1, "router advertisement" }, { 10, -1, "router solicitation" },
	{ 11, 0, "time exceeded in-transit" },
	{ 11, 1, "ip reassembly time exceeded" }, { 11, -1, "time exceeded" },
	{ 12, -1, "parameter problem" }, { 13, -1, "time stamp query" },
	{ 14, -1, "time stamp reply" },
};

static const struct type_name icmp6_names[] = {
	{ 1, 0, "destination unreachable, unreachable route" },
	{ 1, 1, "destination unreachable, unreachable prohibited" },
	{ 1, 3, "destination unreachable, unreachable address" },
	{ 1, 4, "destination unreachable, unreachable port" },
	{ 1, -1, "destination unreachable" }, { 2, -1, "packet too big" },
	{ 3, 0, "time exceeded in-transit" },
	{ 3, 1, "ip reassembly time exceeded" }, { 3, -1, "time exceeded" },
	{ 4, -1, "parameter problem" }, { 128, -1, "echo request" },
	{ 129, -1, "echo reply" }, { 130, -1, "multicast listener query" },
	{ 131, -1, "multicast listener report" },
	{ 132, -1, "multicast listener done" },
	{ 133, -1, "router solicitation" },
	{ 134, -1, "router advertisement" },
	{ 135, -1, "neighbor solicitation" },
	{ 136, -1, "neighbor advertisement" }, { 137, -1, "redirect" },
	{ 143, -1, "multicast listener report v2" },
};

static const char *icmp_name(const struct type_name *names, size_t count,
			     uint8_t type, uint8_t code)
{
	for (size_t i = 0; i < count; i++)
		if (names[i].type == type &&
		    (names[i].code < 0 || names[i].code == code))
			return names[i].text;
	return NULL;
}

/* An error quotes the packet that it is about; one level is enough. */
static void add_quoted(struct line *l, const struct packet *p)
{
	struct packet q;

	if (p->payload >= p->caplen)
		return;
	packet_decode(&q, p->nfproto, p->data + p->payload,
		      p->caplen - p->payload);
	if (q.layer == PACKET_NOTHING)
		return;
	add(l, " (");
	add_ends(l, &q);
	if (proto_name(q.proto))
		add(l, "%s)", proto_name(q.proto));
	else
		add(l, "ip-proto-%u)", q.proto);
}

static void add_icmp(struct line *l, const struct packet *p)
{
	bool six = p->proto == IPPROTO_ICMPV6;
	const char *name = six ?
		icmp_name(icmp6_names, sizeof(icmp6_names) /
			  sizeof(*icmp6_names), p->icmp_type, p->icmp_code) :
		icmp_name(icmp_names, sizeof(icmp_names) /
			  sizeof(*icmp_names), p->icmp_type, p->icmp_code);
	static const uint8_t errors[] = { 3, 4, 5, 11, 12 };

	add(l, "%s", six ? "ICMP6, " : "ICMP ");
	if (name)
		add(l, "%s", name);
	else
		add(l, "type %u code %u", p->icmp_type, p->icmp_code);
	if (p->icmp_id || p->icmp_seq)
		add(l, ", id %u, seq %u", p->icmp_id, p->icmp_seq);
	if (six ? p->icmp_type < 128 :
	    memchr(errors, p->icmp_type, sizeof(errors)) != NULL)
		add_quoted(l, p);
	add(l, ", length %u", p->length > p->l4 ? p->length - p->l4 : 0);
}

static const char *sctp_chunk(uint8_t type)
{
	static const char *const names[] = {
		"DATA", "INIT", "INIT ACK", "SACK", "HB REQ", "HB ACK",
		"ABORT", "SHUTDOWN", "SHUTDOWN ACK", "OP ERR", "COOKIE ECHO",
		"COOKIE ACK",
	};

	return type < sizeof(names) / sizeof(names[0]) ? names[type] : "?";
}

static void add_sctp(struct line *l, const struct packet *p)
{
	uint32_t at = p->payload;

	add(l, "sctp");
	for (unsigned int n = 1; at + 4 <= p->caplen && n <= 16; n++) {
		uint32_t len = (uint32_t)(p->data[at + 2] << 8 |
					  p->data[at + 3]);

		add(l, " (%u) [%s]", n, sctp_chunk(p->data[at]));
		if (len < 4) {
			add(l, " [bad chunk length %u]", len);
			break;
		}
		at += (len + 3) / 4 * 4;
	}
}

static void add_fragment(struct line *l, const struct packet *p)
{
	uint32_t length = p->length > p->l4 ? p->length - p->l4 : 0;

	if (p->addr_len == 16)
		add(l, "frag (0x%08x:%u|%u)", p->id, p->frag_offset, length);
	else
		add(l, "frag (id %u:%u|%u)", p->id, p->frag_offset, length);
	if (p->frag_offset && proto_name(p->proto))
		add(l, " %s", proto_name(p->proto));
	if (!p->frag_offset)
		add(l, " ");
}

static void add_transport(struct line *l, const struct packet *p)
{
	switch (p->proto) {
	case IPPROTO_TCP:
		add_tcp(l, p);
		break;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		add_udp(l, p);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		add_icmp(l, p);
		break;
	case IPPROTO_SCTP:
		add_sctp(l, p);
		break;
	case IPPROTO_DCCP:
		add(l, "DCCP, length %u", packet_length(p));
		break;
	}
}

static void add_other(struct line *l, const struct packet *p)
{
	uint32_t length = p->length > p->l4 ? p->length - p->l4 : 0;
	const char *name = proto_name(p->proto);

	if (name)
		add(l, "%s, length %u", name, length);
	else
		add(l, "ip-proto-%u, length %u", p->proto, length);
}

static void add_verbose(struct line *l, const struct packet *p)
{
	const char *name = proto_name(p->proto);

	if (p->addr_len == 16) {
		add(l, "(class 0x%02x, flowlabel 0x%05x, hlim %u, next-header "
		    "%s (%u), length %u) ", p->tos, p->flowlabel, p->ttl,
		    name ? name : "unknown", p->proto, p->length);
		return;
	}
	add(l, "(tos 0x%x, ttl %u, id %u, offset %u, flags [%s], proto %s "
	    "(%u), length %u) ", p->tos, p->ttl, p->id, p->frag_offset,
	    p->flags & PACKET_DONT_FRAGMENT ? "DF" :
	    p->flags & PACKET_MORE_FRAGMENTS ? "+" : "none",
	    name ? name : "unknown", p->proto, p->length);
}

size_t packet_print(char *buf, size_t size, const struct packet *p,
		    bool verbose)
{
	struct line l = { .buf = buf, .size = size };

	buf[0] = '\0';
	if (p->layer == PACKET_NOTHING) {
		add(&l, "[|ip] %u bytes", p->caplen);
		return l.len;
	}
	if (verbose)
		add_verbose(&l, p);
	add_ends(&l, p);
	if (p->flags & PACKET_FRAGMENT)
		add_fragment(&l, p);
	if (p->layer == PACKET_TRANSPORT)
		add_transport(&l, p);
	else if (!p->frag_offset)
		add_other(&l, p);
	if (p->flags & PACKET_MALFORMED)
		add(&l, " [malformed]");
	return l.len;
}
