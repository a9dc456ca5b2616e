// SPDX-License-Identifier: GPL-2.0-or-later
/* packet_print: a decoded packet -> one line as tcpdump -n writes it. */
#include "packet/packet_print.h"

#include <string.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "base/format.h"
#include "base/strbuf.h"
#include "packet/dns.h"
#include "packet/packet.h"
#include "packet/print_ends.h"
#include "packet/print_icmp.h"
#include "packet/print_tcp.h"
#include "rules/base/units.h"

/* Bytes behind the network header and its extensions. */
static uint32_t behind_network(const struct packet *p)
{
	return p->length > p->l4 ? p->length - p->l4 : 0;
}

static bool is_dns(const struct packet *p)
{
	return p->proto == IPPROTO_UDP &&
	       (p->sport == 53 || p->dport == 53 || p->sport == 5353 ||
		p->dport == 5353);
}

static void add_udp(struct strbuf *l, const struct packet *p)
{
	uint32_t room = behind_network(p);

	strbuf_text(l, p->proto == IPPROTO_UDP ? "UDP" : "UDPLite");
	if (p->proto == IPPROTO_UDP && p->udp_len && p->udp_len < 8) {
		strbuf_add(l, ", bad length %u", p->udp_len);
		return;
	}
	if (p->udp_len > room && !(p->flags & PACKET_FRAGMENT) && !p->unsized) {
		strbuf_add(l, ", bad length %u > %u", p->udp_len - 8u,
			   room > 8 ? room - 8 : 0);
		return;
	}
	if (p->udp_len)
		print_bytes(l, packet_length(p));
	else
		print_length(l, p, packet_length(p));
	if (is_dns(p))
		l->len += dns_print(l->buf + l->len, l->size - l->len,
				    p->data + p->payload,
				    p->caplen - p->payload, packet_length(p));
}

static const char *sctp_chunk(uint8_t type)
{
	static const char *const names[] = {
		"DATA", "INIT", "INIT ACK", "SACK", "HB REQ", "HB ACK",
		"ABORT", "SHUTDOWN", "SHUTDOWN ACK", "OP ERR", "COOKIE ECHO",
		"COOKIE ACK",
	};

	return type < ARRAY_SIZE(names) ? names[type] : "?";
}

static void add_sctp(struct strbuf *l, const struct packet *p)
{
	uint32_t at = p->payload;

	strbuf_add(l, "sctp");
	for (unsigned int n = 1; at + 4 <= p->caplen && n <= 16; n++) {
		uint32_t len = (uint32_t)(p->data[at + 2] << 8 |
					  p->data[at + 3]);

		strbuf_add(l, " (%u) [%s]", n, sctp_chunk(p->data[at]));
		if (len < 4) {
			strbuf_add(l, " [bad chunk length %u]", len);
			break;
		}
		at += (len + 3) / 4 * 4;
	}
}

static void add_fragment(struct strbuf *l, const struct packet *p)
{
	if (p->addr_len == 16)
		strbuf_add(l, "frag (0x%08x:%u|%u) ", p->id, p->frag_offset,
			   behind_network(p));
	else
		strbuf_add(l, "frag (id %u:%u|%u) ", p->id, p->frag_offset,
			   behind_network(p));
	if (p->frag_offset)
		print_proto(l, p);
}

static void add_extensions(struct strbuf *l, const struct packet *p)
{
	static const struct {
		uint8_t bit;
		const char *name;
	} names[] = {
		{ PACKET_HOPOPTS, "HBH " }, { PACKET_DSTOPTS, "DSTOPT " },
		{ PACKET_ROUTING, "RT6 " }, { PACKET_MOBILITY, "mobility " },
		{ PACKET_AH, "AH " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (p->extensions & names[i].bit)
			strbuf_text(l, names[i].name);
}

static void add_transport(struct strbuf *l, const struct packet *p)
{
	switch (p->proto) {
	case IPPROTO_TCP:
		print_tcp(l, p);
		break;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		add_udp(l, p);
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		print_icmp(l, p);
		break;
	case IPPROTO_SCTP:
		add_sctp(l, p);
		break;
	case IPPROTO_DCCP:
		strbuf_text(l, "DCCP");
		print_length(l, p, packet_length(p));
		break;
	}
}

/* nft copies the header of IPv6, and neither an extension nor whose it is. */
static bool is_extension_untold(const struct packet *p)
{
	return p->addr_len == 16 && p->l4 == p->caplen &&
	       packet_is_extension(p->proto);
}

/* No transport header: another protocol, or not captured as far as that. */
static void add_other(struct strbuf *l, const struct packet *p)
{
	static const char *const cut[256] = {
		[IPPROTO_TCP] = "[|tcp]", [IPPROTO_UDP] = "[|udp]",
		[IPPROTO_UDPLITE] = "[|udplite]", [IPPROTO_ICMP] = "[|icmp]",
		[IPPROTO_ICMPV6] = "[|icmp6]", [IPPROTO_SCTP] = "[|sctp]",
		[IPPROTO_DCCP] = "[|dccp]", [IPPROTO_HOPOPTS] = "[|hbhopt]",
		[IPPROTO_DSTOPTS] = "[|dstopt]", [IPPROTO_ROUTING] = "[|rt6]",
		[IPPROTO_FRAGMENT] = "[|frag]",
	};
	static const char *const untold[256] = {
		[IPPROTO_HOPOPTS] = "HBH", [IPPROTO_DSTOPTS] = "DSTOPT",
		[IPPROTO_ROUTING] = "RT6", [IPPROTO_FRAGMENT] = "frag",
		[IPPROTO_AH] = "AH", [135] = "mobility",
	};

	if (is_extension_untold(p)) {
		strbuf_text(l, untold[p->proto]);
		print_length(l, p, behind_network(p));
		return;
	}
	if (cut[p->proto]) {
		strbuf_text(l, cut[p->proto]);
		return;
	}
	print_proto(l, p);
	if (p->proto == IPPROTO_ESP && p->l4 + 8 <= p->caplen)
		strbuf_add(l, "(spi=0x%08x,seq=0x%x)", packet_be32(p->data + p->l4),
			   packet_be32(p->data + p->l4 + 4));
	if (p->proto != IPPROTO_NONE)
		print_length(l, p, behind_network(p));
}

static void add_verbose(struct strbuf *l, const struct packet *p)
{
	const char *name = print_proto_name(p->proto);

	if (p->addr_len == 16) {
		strbuf_add(
			l,
			"(class 0x%02x, flowlabel 0x%05x, hlim %u, next-header "
			"%s (%u)",
			p->tos, p->flowlabel, p->ttl, name ? name : "unknown",
			p->proto);
		return;
	}
	strbuf_add(l,
		   "(tos 0x%x, ttl %u, id %u, offset %u, flags [%s], proto %s "
		   "(%u)",
		   p->tos, p->ttl, p->id, p->frag_offset,
		   p->flags & PACKET_DONT_FRAGMENT    ? "DF"
		   : p->flags & PACKET_MORE_FRAGMENTS ? "+"
						      : "none",
		   name ? name : "unknown", p->proto);
}

size_t packet_print(char *buf, size_t size, const struct packet *p,
		    bool verbose)
{
	struct strbuf l = { .buf = buf, .size = size };
	bool six = p->nfproto == NFPROTO_IPV6;

	buf[0] = '\0';
	if (p->layer == PACKET_NOTHING) {
		if (p->caplen && p->data[0] >> 4 != (six ? 6 : 4))
			strbuf_add(&l, "unknown ip %u", p->data[0] >> 4);
		else
			strbuf_add(&l, six ? "[|ip6]" : "[|ip]");
		return l.len;
	}
	if (verbose) {
		add_verbose(&l, p);
		print_length(&l, p, p->length);
		strbuf_text(&l, ") ");
	}
	print_ends(&l, p);
	if (p->extensions)
		add_extensions(&l, p);
	if (p->flags & PACKET_FRAGMENT)
		add_fragment(&l, p);
	if (p->layer == PACKET_TRANSPORT)
		add_transport(&l, p);
	else if (!p->frag_offset)
		add_other(&l, p);
	if (p->flags & PACKET_MALFORMED)
		strbuf_add(&l, " [malformed]");
	return l.len;
}

/* Nothing about it that has to be said at length. */
static bool is_usual(const struct packet *p)
{
	uint32_t room = behind_network(p);

	if (p->layer != PACKET_TRANSPORT || p->extensions || p->unsized ||
	    p->flags & (PACKET_FRAGMENT | PACKET_MALFORMED))
		return false;
	if (p->proto == IPPROTO_UDP)
		return p->udp_len >= 8 && p->udp_len <= room;
	return p->proto == IPPROTO_TCP &&
	       (p->data[p->l4 + 12] >> 4) * 4u <= room;
}

size_t packet_print_brief(char *buf, size_t size, const struct packet *p)
{
	struct strbuf l = { .buf = buf, .size = size };
	uint32_t length = packet_length(p);

	if (!is_usual(p))
		return packet_print(buf, size, p, false);
	buf[0] = '\0';
	print_ends(&l, p);
	if (p->proto == IPPROTO_TCP) {
		strbuf_text(&l, "tcp ");
		print_tcp_flags(&l, p->tcp_flags);
	} else {
		strbuf_text(&l, "UDP");
	}
	if (is_dns(p))
		l.len += dns_print(l.buf + l.len, l.size - l.len,
				   p->data + p->payload,
				   p->caplen - p->payload, length);
	else if (length)
		print_bytes(&l, length);
	return l.len;
}
